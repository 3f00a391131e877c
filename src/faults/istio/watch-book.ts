import type { Millis } from '../../model/clock.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { DriverContext, Injected } from '../driver.ts';
import { type Evidence, findPods, podName, readEvidence } from './evidence.ts';
import { decodeHandle, type Named, type Watch } from './handle.ts';

/** One reading of all callers. */
export interface Reading {
  readonly at: Millis;
  readonly evidence: Evidence;
}

/** What one process has seen of one fault, from injection until it is gone. */
export interface Sighting {
  pods: readonly Named[];
  /** A caller went away: its successor may come up at any time, so the callers are looked up at each look. */
  restless?: boolean;
  /** Counters before the fault; of a pod that came later, its first reading. */
  baseline: Evidence;
  /** First reading that showed the fault biting. */
  firstActive?: Reading;
  /** Last reading before it was taken back. */
  lastDuring?: Reading;
  /** Readings since it was taken back, oldest first. */
  readonly after: Reading[];
}

/** Sightings by fault: later looks compare themselves with earlier ones. */
export interface WatchBook {
  of(handle: FaultHandle, injected: Injected): Sighting;
  close(handle: FaultHandle): void;
}

/** An empty book. */
export function createWatchBook(): WatchBook {
  const sightings = new Map<string, Sighting>();
  const key = (handle: FaultHandle) => decodeHandle(handle).prefix;
  return {
    of(handle, injected) {
      const known = sightings.get(key(handle));
      if (known !== undefined) return known;
      const fresh = {
        pods: decodeHandle(handle).watch?.pods ?? [],
        baseline: injected.baseline as unknown as Evidence,
        after: [],
      };
      sightings.set(key(handle), fresh);
      return fresh;
    },
    close: (handle) => void sightings.delete(key(handle)),
  };
}

/** Reads all callers now. Where one gave no answer the callers are looked up again: pods come and go. */
export async function look(sighting: Sighting, watch: Watch, context: DriverContext): Promise<Evidence> {
  const first = await readEvidence(watch, sighting.pods, context);
  if (first.silent.length === 0 && sighting.pods.length > 0 && sighting.restless !== true) return first;
  sighting.restless = true;
  const running = await findPods(watch, context);
  const fresh = running.filter((pod) => !sighting.pods.some((known) => podName(known) === podName(pod)));
  sighting.pods = running;
  const more = await readEvidence(watch, fresh, context);
  sighting.baseline = {
    counts: { ...more.counts, ...sighting.baseline.counts },
    silent: sighting.baseline.silent,
  };
  const isRunning = (name: string) => running.some((pod) => podName(pod) === name);
  return { counts: { ...first.counts, ...more.counts }, silent: [...first.silent, ...more.silent].filter(isRunning) };
}
