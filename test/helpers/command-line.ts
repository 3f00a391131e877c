import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { JournalEvent } from '../../src/model/event.ts';
import { tempFolder } from './temp-folder.ts';
import { until } from './until.ts';

const bin = resolve(import.meta.dirname, '../../bin/holdfast.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line as a process of its own, in a folder of its own that goes after the test. */
export interface CommandLine {
  readonly process: ChildProcess;
  readonly folder: string;
  readonly ended: Promise<Ended>;
  /** The events in the journal of its run so far; `output` is the report folder. */
  events(output?: string): Promise<readonly JournalEvent[]>;
  /** Waits until the journal has such an event. */
  reached(what: string, is: (event: JournalEvent) => boolean, output?: string): Promise<void>;
}

/**
 * Starts `holdfast` with these arguments, or a shell that will; `npm run build` must have been done. `to` are descriptors
 * for its output.
 */
export async function startCommandLine(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  to: { readonly stdout?: number; readonly stderr?: number } = {},
  shell?: string,
): Promise<CommandLine> {
  if (!existsSync(resolve(bin, '../../dist/cli.js'))) throw new Error('run `npm run build` first');
  const folder = tempFolder({});
  const [program, given] = shell === undefined ? [process.execPath, [bin, ...args]] : [shell, args];
  const child = spawn(program, given, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', to.stdout ?? 'pipe', to.stderr ?? 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code) => done({ code, ...said }));
  });
  const events = async (output = 'reports'): Promise<readonly JournalEvent[]> => readEvents(join(folder, output));
  return {
    process: child,
    folder,
    ended,
    events,
    reached: async (what, is, output) => {
      await until(`${what}\n${said.stderr}`, async () => (await events(output)).some(is), 30_000);
    },
  };
}

/** Runs `holdfast` to its end. */
export async function runCommandLine(args: readonly string[]): Promise<Ended & { readonly folder: string }> {
  const line = await startCommandLine(args);
  return { ...(await line.ended), folder: line.folder };
}

async function readEvents(output: string): Promise<readonly JournalEvent[]> {
  const runs = join(output, 'runs');
  const [run] = await readdir(runs).catch(() => []);
  if (run === undefined) return [];
  const text = await readFile(join(runs, run, 'journal.ndjson'), 'utf8').catch(() => '');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((it) => it !== '').map((it) => JSON.parse(it) as JournalEvent);
}
