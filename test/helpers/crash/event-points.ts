import { join, resolve } from 'node:path';
import { type CommandLine, startCommandLine } from '../command-line.ts';
import { type Crash, recoverFrom, unlikeBefore } from './crash-and-recover.ts';
import { crashFixtures, type CrashWorld } from './world.ts';
import type { JournalEvent } from '../../../src/model/event.ts';

const preload = resolve(import.meta.dirname, 'kill-at-event.mjs');

/** A place in the journal. */
export interface EventPoint {
  /** So many lines are whole. */
  readonly lines: number;
  /** And half of the next one is there. */
  readonly torn: boolean;
  readonly title: string;
}

/** Starts a run of a fixture. */
export async function startRun(
  world: CrashWorld,
  kind: string,
  env: NodeJS.ProcessEnv = {},
  flags: readonly string[] = [],
): Promise<CommandLine> {
  const workers = kind === 'suite' ? ['--workers', '3'] : [];
  return startCommandLine(['run', join(crashFixtures, `${kind}.yaml`), ...workers, ...flags, ...world.flags], env);
}

/** Runs it undisturbed: a point after each event of its journal, and one in the middle of the line after the first injection began. */
export async function findEventPoints(world: CrashWorld, kind: string): Promise<readonly EventPoint[]> {
  const events = await runUndisturbed(world, async () => startRun(world, kind));
  const titles = ['nothing was written', ...events.map((event) => `after ${titleOf(event)}`)];
  const injecting = events.findIndex((it) => it.type === 'mutating' && it.mutation.what === 'inject') + 1;
  return [
    ...titles.map((title, lines) => ({ lines, torn: false, title: `${lines} ${title}` })),
    { lines: injecting, torn: true, title: `${injecting} torn ${titles[injecting]}` },
  ];
}

/** Kills a run of it there, and recovers. */
export async function crashAtEvent(world: CrashWorld, kind: string, point: EventPoint): Promise<Crash> {
  const runner = await startRun(world, kind, {
    NODE_OPTIONS: `--import ${preload}`,
    HOLDFAST_TEST_KILL_AT: String(point.lines),
    HOLDFAST_TEST_KILL_TORN: point.torn ? 'yes' : 'no',
  });
  return recoverFrom(world, runner, point.title);
}

/** Runs to a green end, if need be a few times: a busy machine may leave a run undecided. Gives its events. */
export async function runUndisturbed(
  world: CrashWorld,
  start: () => Promise<CommandLine>,
  before: () => void = () => undefined,
): Promise<readonly JournalEvent[]> {
  for (let attempt = 1; ; attempt += 1) {
    before();
    const line = await start();
    const { code, stdout, stderr } = await line.ended;
    world.interveneWith(undefined);
    const troubles = await unlikeBefore(world);
    if (code === 0 && troubles.length === 0) return line.events();
    if (troubles.length > 0 || attempt === 3)
      throw new Error(`the undisturbed run ended with ${code}\n${stdout}${stderr}\n${troubles.join('\n')}`);
  }
}

function titleOf(event: JournalEvent): string {
  if (event.type === 'mutating' || event.type === 'mutated') return `${event.type} ${event.mutation.what}`;
  if (event.type === 'step-started' || event.type === 'step-ended') return `${event.type} ${event.step}`;
  if (event.type === 'phase-started' || event.type === 'phase-ended') return `${event.type} ${event.phase}`;
  return event.type;
}
