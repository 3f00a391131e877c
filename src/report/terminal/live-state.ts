import type { Millis } from '../../model/clock.ts';
import type { JournalEvent } from '../../model/event.ts';
import { isDropped, latencyOf } from '../../model/sample.ts';

/** What the live block shows of one running experiment. */
export interface LiveExperiment {
  readonly name: string;
  readonly doing: string;
  readonly since: Millis;
  /** Planned length of the current phase, where there is one. */
  readonly planned?: Millis;
  readonly samples: number;
  readonly bad: number;
  readonly lastLatency?: Millis;
}

export type LiveState = ReadonlyMap<string, LiveExperiment>;

/** Folds one event into what is running now; the order of experiments is the order of their start. */
export function foldLive(state: LiveState, event: JournalEvent): LiveState {
  if (!('experiment' in event)) return state;
  const next = new Map(state);
  if (event.type === 'experiment-ended') next.delete(event.experiment);
  else {
    const before = state.get(event.experiment) ?? {
      name: event.experiment,
      doing: 'starting',
      since: event.t,
      samples: 0,
      bad: 0,
    };
    next.set(event.experiment, foldExperiment(before, event));
  }
  return next;
}

function foldExperiment(before: LiveExperiment, event: JournalEvent & { experiment: string }): LiveExperiment {
  switch (event.type) {
    case 'step-started':
      return { name: before.name, doing: event.title, since: event.t, samples: 0, bad: 0 };
    case 'phase-started':
      return { ...before, doing: event.phase, since: event.t, planned: event.plannedMs, samples: 0, bad: 0 };
    case 'samples': {
      const sent = event.samples.filter((sample) => !isDropped(sample));
      const bad = sent.filter((sample) => sample.error !== undefined || (sample.failed?.length ?? 0) > 0);
      const last = sent.at(-1);
      return {
        ...before,
        samples: before.samples + sent.length,
        bad: before.bad + bad.length,
        ...(last !== undefined && { lastLatency: latencyOf(last) }),
      };
    }
    default:
      return before;
  }
}
