import pLimit from 'p-limit';
import { HoldfastError } from '../../model/errors.ts';
import type { DriverContext } from '../driver.ts';
import { isRunning } from '../pods.ts';
import { type Counts, countRequests } from './counters.ts';
import type { Named, Watch } from './handle.ts';
import { hasProxy } from './pods.ts';
import { listObjects } from './reading.ts';

/** Pods whose counters are read: each costs a request through the API server at every look. */
export const MOST_PODS = 32;
const AT_ONCE = 8;
/** The agent's merged metrics. */
const AGENT_PORT = 15020;
const METRICS_PATH = '/stats/prometheus';
const DEADLINE_MS = 3_000;

/** Counters by pod (`namespace/name`) at one moment, and the pods that gave none. */
export interface Evidence {
  readonly counts: Readonly<Record<string, Counts>>;
  readonly silent: readonly string[];
}

/** Reads the counters of these callers. A pod that does not answer is named in `silent`, never taken for zero. */
export async function readEvidence(watch: Watch, pods: readonly Named[], context: DriverContext): Promise<Evidence> {
  return readCounters(pods, (metrics) => countRequests(metrics, watch), context);
}

/** What is made of the metrics of these pods' proxies, by pod, and the pods that gave none. */
export async function readCounters<T>(
  pods: readonly Named[],
  count: (metrics: string) => T,
  { cluster, signal }: DriverContext,
): Promise<{ readonly counts: Readonly<Record<string, T>>; readonly silent: readonly string[] }> {
  const limit = pLimit(AT_ONCE);
  const counts: Record<string, T> = {};
  const silent: string[] = [];
  const readOne = async (pod: Named): Promise<void> => {
    const name = podName(pod);
    try {
      const answer = await cluster.podProxyGet(pod, AGENT_PORT, METRICS_PATH, { signal, deadline: DEADLINE_MS });
      if (answer.status === 200) counts[name] = count(answer.body);
      else silent.push(name);
    } catch (error) {
      if (!(error instanceof HoldfastError) || signal.aborted) throw error;
      silent.push(name);
    }
  };
  await Promise.all(pods.map(async (pod) => limit(readOne, pod)));
  return { counts, silent };
}

/** The callers that run now: pods come and go while a fault is in. */
export async function findPods(watch: Watch, context: DriverContext): Promise<readonly Named[]> {
  const lists = await Promise.all(
    watch.podsIn.map(async ({ namespace, selector }) =>
      listObjects(context, '', 'pods', {
        ...(namespace !== null && { namespace }),
        ...(selector !== '' && { labelSelector: selector }),
      }),
    ),
  );
  return lists
    .flat()
    .filter((pod) => isRunning(pod) && hasProxy(pod))
    .map((pod) => ({ namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }))
    .slice(0, MOST_PODS);
}

/** `namespace/name`. */
export function podName({ namespace, name }: Named): string {
  return `${namespace}/${name}`;
}

/** What was added between two readings, for pods that were in the first; a proxy that started again counts from zero. */
export function growth(before: Evidence, now: Evidence): Readonly<Record<string, Counts>> {
  const added = (old: number, fresh: number) => (fresh < old ? fresh : fresh - old);
  return Object.fromEntries(
    Object.entries(now.counts).flatMap(([pod, { faulted, clean }]) => {
      const old = before.counts[pod];
      return old === undefined
        ? []
        : [[pod, { faulted: added(old.faulted, faulted), clean: added(old.clean, clean) }] as const];
    }),
  );
}
