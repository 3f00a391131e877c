import type { Millis } from '../../model/clock.ts';
import type { DriverContext } from '../driver.ts';
import { type Counts, countRequests, countServed } from './counters.ts';
import { MOST_PODS, podName, readCounters } from './evidence.ts';
import type { Named, Watch } from './handle.ts';

/** How long requests are watched: so long in any case, and longer while too few came. */
const WATCH_MS = 1_500;
const LONGEST_MS = 3_500;
const EVERY_MS = 250;

/** What one proxy counted: requests let in to its application, and sent to the service. */
export interface Flow extends Counts {
  readonly served: number;
}

/** What proxies counted while they were watched. */
export interface Flows {
  /** By pod, for those whose counters were read at both ends. */
  readonly grown: Readonly<Record<string, Flow>>;
  /** As they were at the beginning, since each proxy started. */
  readonly first: Readonly<Record<string, Flow>>;
  readonly silent: readonly string[];
  readonly lasted: Millis;
}

/** Watches the counters of some proxies for a while; `need` says of what they counted whether more is needed. */
export async function watchFlows(
  pods: readonly Named[],
  watch: Watch,
  need: (grown: Flows['grown']) => 'more' | 'time' | 'nothing',
  context: DriverContext,
): Promise<Flows> {
  const { clock, signal } = context;
  const some = pods.slice(0, MOST_PODS);
  const count = (metrics: string): Flow => ({ ...countRequests(metrics, watch), served: countServed(metrics) });
  const read = async () => readCounters(some, count, context);
  const begun = clock.now();
  const { counts: first } = await read();
  for (;;) {
    await clock.sleep(EVERY_MS, signal);
    const { counts, silent } = await read();
    const grown = Object.fromEntries(
      Object.entries(counts).flatMap(([pod, now]) => (first[pod] === undefined ? [] : [[pod, less(now, first[pod])]])),
    );
    const lasted = clock.now() - begun;
    const needs = need(grown);
    const longest = needs === 'more' ? LONGEST_MS : WATCH_MS;
    if (needs === 'nothing' || lasted >= longest) return { grown, first, silent, lasted };
  }
}

/** The sum of what these pods counted. */
export function sumOf(flows: Readonly<Record<string, Flow>>, pods: readonly Named[]): Flow {
  const own = pods.flatMap((pod) => flows[podName(pod)] ?? []);
  const total = (what: keyof Flow): number => own.reduce((sum, flow) => sum + flow[what], 0);
  return { served: total('served'), faulted: total('faulted'), clean: total('clean') };
}

/** A proxy that started again counts from zero. */
function less(now: Flow, before: Flow): Flow {
  const added = (what: keyof Flow): number => (now[what] < before[what] ? now[what] : now[what] - before[what]);
  return { served: added('served'), faulted: added('faulted'), clean: added('clean') };
}
