import type { Intervene } from '../../../src/sandbox/api-server/intervention/intervene.ts';
import type { CommandLine } from '../command-line.ts';
import { type ApiPoint, counter } from './api-points.ts';
import type { CrashWorld } from './world.ts';

/** A write that is held up in front of the API server while its sender is killed and everybody recovers. */
export interface HeldWrite {
  /** Resolves once the sender is dead. */
  readonly killed: Promise<void>;
  /** Lets it arrive; resolves with the status that it was answered with. */
  arrive(): Promise<number>;
}

/** Holds up one request of a run and kills the runner meanwhile. */
export function holdUp(world: CrashWorld, point: ApiPoint, victim: Promise<CommandLine>): HeldWrite {
  const count = counter();
  let release = (): void => undefined;
  let answeredWith = (_code: number): void => undefined;
  let sayKilled = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const answered = new Promise<number>((resolve) => (answeredWith = resolve));
  const killed = new Promise<void>((resolve) => (sayKilled = resolve));
  const intervene: Intervene = async (request) => {
    if (count(request) !== point.request) return undefined;
    // Asked for once: what comes after it is somebody else's.
    world.interveneWith(undefined);
    const line = await victim;
    line.process.kill('SIGKILL');
    await line.ended;
    sayKilled();
    await released;
    return { answered: (code) => answeredWith(code) };
  };
  world.interveneWith(intervene);
  return {
    killed,
    arrive: async () => {
      release();
      return answered;
    },
  };
}
