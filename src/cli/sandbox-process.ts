import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { HoldfastError } from '../model/errors.ts';
import { bundledFile } from './bundled-file.ts';
import { stopProcess } from './stop-process.ts';

export interface SandboxProcessOptions {
  /** Minor version of the Istio to act out, e.g. 23 for 1.23. */
  readonly istioMinor?: number;
  readonly seed?: number;
  readonly scenario?: string;
  /** `0.8`, `1.8` or `none`; by default 1.8 with Bookinfo. */
  readonly chaosblade?: string;
  readonly propagationMs?: number;
  /** It lives on when this process ends. */
  readonly detached?: boolean;
  /** Aborting stops it while it starts. */
  readonly signal?: AbortSignal;
  /** The built sandbox program; by default the one beside this file's bundle. */
  readonly script?: string;
}

/** What the sandbox says of itself once it is up. */
export interface SandboxFacts {
  /** Path of a kubeconfig file. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Base URL of the ingress. */
  readonly ingress: string;
  readonly apiServer: string;
  readonly pid: number;
  readonly seed: number;
}

export interface SandboxProcess extends SandboxFacts {
  /** Stands in its command line, so that nobody else's process is taken for it. */
  readonly token: string;
  /** Settles when the process is gone, for whatever reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
/** For one that is given up to end by itself. */
const PATIENCE_MS = 3_000;

/** Starts the embedded cluster as a child process; rejects with SANDBOX_FAILED and what it wrote to stderr. */
export async function startSandbox(options: SandboxProcessOptions): Promise<SandboxProcess> {
  options.signal?.throwIfAborted();
  const token = randomBytes(8).toString('hex');
  const child = spawn(
    process.execPath,
    [options.script ?? fileURLToPath(bundledFile('sandbox.js')), ...argumentsOf(options, token)],
    {
      // Its own process group: a Ctrl-C meant for the runner must not take the cluster away before the rollback.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: childEnvironment(),
    },
  );
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const facts = await untilReady(child, options.signal);
  if (options.detached === true) letGo(child);
  return { ...facts, token, exited, stop: () => stopProcess(facts.pid, exited) };
}

function argumentsOf(options: SandboxProcessOptions, token: string): string[] {
  const flags = {
    scenario: options.scenario,
    chaosblade: options.chaosblade,
    'istio-minor': options.istioMinor,
    seed: options.seed,
    'propagation-ms': options.propagationMs,
    token,
  };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return [...given.map(([name, value]) => `--${name}=${value}`), ...(options.detached === true ? ['--detached'] : [])];
}

/**
 * What a Node process needs and no more: the secrets of a run are in the environment, and it is nobody's business there.
 * Without NODE_EXTRA_CA_CERTS, too: Node parses that bundle at every start, which takes longer than the rest of it.
 */
const PASSED_ON = /^(?:PATH|HOME|TMPDIR|TMP|TEMP|TZ|LANG|LC_\w+|SYSTEMROOT|NODE_OPTIONS|NODE_V8_COVERAGE)$/i;

function childEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
}

function untilReady(child: ChildProcess, signal: AbortSignal | undefined): Promise<SandboxFacts> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    const giveUp = (message: string, cause?: unknown) => {
      settle();
      const text = said.trim() ? `${message}\n${said.trim()}` : message;
      void endHalfStarted(child).then(() => reject(new HoldfastError('SANDBOX_FAILED', { message: text, cause })));
    };
    const onAbort = () => giveUp('The sandbox was stopped while it started.', signal?.reason);
    const timer = setTimeout(
      () => giveUp(`The sandbox was not ready within ${READY_WITHIN_MS / 1000} s.`),
      READY_WITHIN_MS,
    );
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      child.removeAllListeners('close').removeAllListeners('message');
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    child.once('error', (error) => giveUp(`The sandbox could not be started: ${error.message}`, error));
    child.once('close', (code, by) => giveUp(`The sandbox ended while it started (${by ?? `exit code ${code}`}).`));
    child.once('message', (facts) => {
      settle();
      resolve(facts as SandboxFacts);
    });
  });
}

/** Without its parent it ends by itself and takes its files with it. */
async function endHalfStarted(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.disconnect();
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await exited;
  clearTimeout(patience);
}

/** Nothing of it keeps this process alive any more. */
function letGo(child: ChildProcess): void {
  child.disconnect();
  child.stderr?.destroy();
  child.unref();
}
