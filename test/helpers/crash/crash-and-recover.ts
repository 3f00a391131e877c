import { runCli } from '../../../src/cli/program.ts';
import type { JournalEvent } from '../../../src/model/event.ts';
import { type CommandLine, type Ended, runCommandLine } from '../command-line.ts';
import { testIo } from '../test-io.ts';
import { differences, markedObjects, takeSnapshot } from './snapshot.ts';
import type { CrashWorld } from './world.ts';

/** What became of one runner that was to be killed, and of what it left. */
export interface Crash {
  /** Where it was to be killed. */
  readonly point: string;
  /** The step it was in, by its journal; `end` for one that was through before the point came. */
  readonly step: string;
  /** Objects that carried its marks before the recovery. */
  readonly marked: number;
  /** What is not as promised, a line each. */
  readonly troubles: readonly string[];
}

const HEALED_MS = 10_000;

/** Waits for the end of a runner, recovers with nothing but access to the cluster, and says what is not as it was. */
export async function recoverFrom(
  world: CrashWorld,
  runner: CommandLine,
  point: string,
  how: 'as a process' | 'in here' = 'as a process',
): Promise<Crash> {
  const { code, stderr } = await runner.ended;
  const step = code === null ? stepOf(await runner.events()) : 'end';
  const marked = markedObjects(world.sandbox);
  const troubles: string[] = [];
  if (code !== null && ![0, 1, 3, 4].includes(code))
    troubles.push(`the run ended with ${code}: ${stderr.slice(-2000)}`);
  if (code !== null && marked.length > 0)
    troubles.push(`a run that ended with ${code} left marks on ${marked.join(', ')}`);
  const before = await askStatus(world);
  // What is being deleted may go while we ask.
  const codes: readonly number[] = [marked, markedObjects(world.sandbox)].map((it) => (it.length > 0 ? 5 : 0));
  if (!codes.includes(before.code)) {
    troubles.push(`status ended with ${before.code}, ${marked.join(', ') || 'nothing'} is marked: ${before.text}`);
  }
  const recovered = await recoverAs(how, world);
  if (recovered.code !== 0) {
    troubles.push(`recover ended with ${recovered.code}: ${recovered.stdout}${recovered.stderr}`);
  }
  troubles.push(...(await unlikeBefore(world)));
  return { point, step, marked: marked.length, troubles };
}

/** What is not as it was before any run: objects at once, pods as soon as their owners have replaced them. */
export async function unlikeBefore(world: CrashWorld): Promise<readonly string[]> {
  const isHealing = (line: string): boolean => /: pod /.test(line);
  const end = performance.now() + HEALED_MS;
  let found = differences(world.original, takeSnapshot(world.sandbox));
  while (found.length > 0 && found.every(isHealing) && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    found = differences(world.original, takeSnapshot(world.sandbox));
  }
  const { code, text } = await askStatus(world);
  return [...found, ...(code === 0 && text.startsWith('Clean') ? [] : [`status afterwards: ${code} ${text}`])];
}

/** A process of its own in another folder; or the same command in this process, which has no part in what was killed either, in half the time. */
async function recoverAs(how: 'as a process' | 'in here', { flags }: CrashWorld): Promise<Ended> {
  if (how === 'as a process') return runCommandLine(['recover', ...flags]);
  const io = testIo();
  await runCli(['recover', ...flags], io);
  return { code: io.exitCode(), stdout: io.out(), stderr: io.err() };
}

async function askStatus({ flags }: CrashWorld): Promise<{ readonly code: number; readonly text: string }> {
  const io = testIo();
  await runCli(['status', ...flags], io);
  return { code: io.exitCode(), text: io.out() + io.err() };
}

function stepOf(events: readonly JournalEvent[]): string {
  return events.flatMap((it) => (it.type === 'step-started' ? [it.step] : [])).at(-1) ?? 'start';
}
