import type { JournalEvent } from '../../../src/model/event.ts';
import { type CommandLine } from '../command-line.ts';
import { startRun } from './event-points.ts';
import { markedObjects } from './snapshot.ts';
import type { CrashWorld } from './world.ts';

/** On a busy machine a baseline may not be steady, and then there is no fault phase. */
const ATTEMPTS = 3;

/** A run whose fault phase, an hour long, has begun. */
export async function startLongRun(world: CrashWorld, kind: string): Promise<CommandLine> {
  for (let attempt = 1; ; attempt += 1) {
    const line = await startRun(world, kind, {}, ['--set', 'fault=1h']);
    const ended = await Promise.race([line.reached('the fault phase', inFaultPhase), line.ended]);
    if (ended === undefined) return line;
    if (attempt === ATTEMPTS) throw new Error(`${kind} never came to its fault phase\n${ended.stderr}`);
  }
}

/** Kills a run in its fault phase; gives the objects that carry its marks. */
export async function leaveBehind(world: CrashWorld, kind: string): Promise<readonly string[]> {
  const line = await startLongRun(world, kind);
  line.process.kill('SIGKILL');
  await line.ended;
  return markedObjects(world.sandbox);
}

function inFaultPhase(event: JournalEvent): boolean {
  return event.type === 'phase-started' && event.phase === 'fault';
}
