import pLimit from 'p-limit';
import type { CallOptions, Cluster } from '../cluster/cluster.ts';

/** More at once would open more connections, whose handshakes take longer than waiting for one that is there. */
const AT_ONCE = 6;

/**
 * The cluster with every reading asked for once, also by several who ask at the same time: what is looked at together is
 * one moment to all. Only for as long as one look takes; what writes or watches goes through.
 */
export function cachedReads(cluster: Cluster): Cluster {
  const limit = pLimit(AT_ONCE);
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(what: unknown, options: CallOptions, ask: () => Promise<T>): Promise<T> => {
    const { signal: _signal, ...rest } = options;
    const key = JSON.stringify([what, rest]);
    const before = known.get(key) as Promise<T> | undefined;
    if (before !== undefined) return before;
    const asked = limit(ask);
    known.set(key, asked);
    return asked;
  };
  return {
    ...cluster,
    read: (resource, key, options = {}) =>
      once(['read', resource.group, resource.plural, key.namespace, key.name], options, () =>
        cluster.read(resource, key, options),
      ),
    list: (resource, options = {}) =>
      once(['list', resource.group, resource.plural], options, () => cluster.list(resource, options)),
    allowed: (request, options = {}) => once(['allowed', request], options, () => cluster.allowed(request, options)),
  };
}
