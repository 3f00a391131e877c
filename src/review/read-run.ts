import type { JournalEvent } from '../model/event.ts';
import type { Phase } from '../model/phase.ts';
import { latencyOf, type Sample } from '../model/sample.ts';

/** Latencies of one probe in one phase, each list ascending. */
export interface Latencies {
  /** What each answered or timed-out request took at least. */
  readonly atLeast: Float64Array;
  /** What it took at most: a timed-out one anything. */
  readonly atMost: Float64Array;
}

/** The latencies in a journal, by `latencyKey`. Requests with other errors than a timeout have none. */
export function latenciesIn(events: readonly JournalEvent[]): ReadonlyMap<string, Latencies> {
  const samples = new Map<string, Sample[]>();
  for (const event of events) {
    if (event.type !== 'samples') continue;
    const key = latencyKey(event.experiment, event.phase, event.probe);
    const known = samples.get(key) ?? [];
    for (const sample of event.samples) if (hasLatency(sample)) known.push(sample);
    samples.set(key, known);
  }
  return new Map(
    [...samples].map(([key, all]) => [key, { atLeast: sorted(all, latencyOf), atMost: sorted(all, most) }]),
  );
}

export function latencyKey(experiment: string, phase: Phase, probe: string): string {
  return JSON.stringify([experiment, phase, probe]);
}

function hasLatency({ sent, straddles, error }: Sample): boolean {
  return sent !== undefined && straddles !== true && (error === undefined || error === 'timeout');
}

function most(sample: Sample): number {
  return sample.error === undefined ? latencyOf(sample) : Number.POSITIVE_INFINITY;
}

function sorted(samples: readonly Sample[], value: (sample: Sample) => number): Float64Array {
  return Float64Array.from(samples, value).sort();
}
