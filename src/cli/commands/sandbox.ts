import { Option } from 'commander';
import type { Command } from 'commander';
import { addOutputFormat, chaosbladeOption, istioOption, seedOption } from '../flags.ts';
import type { Io } from '../io.ts';
import type { SandboxFacts, SandboxProcess } from '../sandbox-process.ts';

interface UpFlags {
  readonly detach?: boolean;
  readonly output: string;
  readonly scenario: string;
  readonly chaosblade?: string;
  readonly istio: number;
  readonly seed?: number;
}

/** `holdfast sandbox up|down`: the embedded cluster. */
export function addSandboxCommand(program: Command, io: Io): void {
  const sandbox = program
    .command('sandbox')
    .description('The embedded cluster: Kubernetes API, Istio mesh and Bookinfo on loopback, with nothing but Node.')
    .addHelpText('after', '\nExample:\n  holdfast sandbox up');
  addUp(sandbox, io);
  addDown(sandbox, io);
}

function addUp(sandbox: Command, io: Io): void {
  const up = sandbox
    .command('up')
    .description('Start a sandbox. It stays until Ctrl-C, or with --detach until `holdfast sandbox down`.')
    .option('--detach', 'return once it is ready and leave it running')
    .addOption(new Option('--scenario <name>', 'what is installed').choices(['bookinfo', 'empty']).default('bookinfo'))
    .addOption(istioOption())
    .addOption(chaosbladeOption())
    .addOption(seedOption());
  addOutputFormat(up, ['text', 'json']).addHelpText(
    'after',
    `
Examples:
  holdfast sandbox up                           start it and look around with kubectl and a browser
  holdfast sandbox up --detach -o json          start it for a script: {"kubeconfig","context","ingress","apiServer","pid","seed"}
  holdfast sandbox up --istio 1.23 --seed 7     another Istio, the same dice`,
  );
  up.action((flags: UpFlags) => runUp(flags, io));
}

function addDown(sandbox: Command, io: Io): void {
  sandbox
    .command('down')
    .description('Stop every sandbox that was started with --detach.')
    .addHelpText('after', '\nExample:\n  holdfast sandbox down')
    .action(async () => {
      const { stopRememberedSandboxes } = await import('../detached-sandboxes.ts');
      const stopped = await stopRememberedSandboxes(io.env);
      const pids = stopped.map((pid) => `pid ${pid}`).join(', ');
      io.stderr.write(stopped.length === 0 ? 'No detached sandbox is running.\n' : `Stopped: ${pids}.\n`);
    });
}

async function runUp(flags: UpFlags, io: Io): Promise<void> {
  const { startSandbox } = await import('../sandbox-process.ts');
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  try {
    const sandbox = await startSandbox({
      istioMinor: flags.istio,
      scenario: flags.scenario,
      chaosblade: flags.chaosblade,
      seed: flags.seed,
      detached: flags.detach,
      signal: interrupt.signal,
    });
    if (flags.detach === true) await remember(sandbox, io);
    print(sandbox, flags, io);
    if (flags.detach !== true) await untilEnded(sandbox, interrupt.signal);
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal);
  }
}

/** A detached sandbox that `sandbox down` would not find does not stay. */
async function remember(sandbox: SandboxProcess, io: Io): Promise<void> {
  const { rememberSandbox } = await import('../detached-sandboxes.ts');
  try {
    await rememberSandbox(sandbox, io.env);
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

async function untilEnded(sandbox: SandboxProcess, interrupted: AbortSignal): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([stopped, sandbox.exited]);
  await sandbox.stop();
}

function print({ kubeconfig, context, ingress, apiServer, pid, seed }: SandboxFacts, flags: UpFlags, io: Io): void {
  if (flags.output === 'json') {
    io.stdout.write(`${JSON.stringify({ kubeconfig, context, ingress, apiServer, pid, seed })}\n`);
    return;
  }
  const page = flags.scenario === 'bookinfo' ? '/productpage' : '';
  io.stderr.write(`The sandbox is up: scenario ${flags.scenario}, Istio 1.${flags.istio}, seed ${seed}, pid ${pid}.
  ingress     ${ingress}${page}
  API server  ${apiServer}
  kubectl     kubectl --kubeconfig ${kubeconfig} --context ${context} get pods
  holdfast    holdfast run FILE --kubeconfig ${kubeconfig} --context ${context}
${flags.detach === true ? 'Stop it with `holdfast sandbox down`.' : 'Stop it with Ctrl-C.'}
`);
}
