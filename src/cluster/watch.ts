import { HoldfastError } from '../model/errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { ListOptions, Resource, WatchEvent } from './cluster.ts';
import type { Caller } from './http/call.ts';
import { list } from './list.ts';
import { streamEvents, type StreamEnd } from './watch-stream.ts';

const FIRST_BACKOFF = 200;
const LONGEST_BACKOFF = 5_000;
/** A watch that ends sooner is followed by a pause, so that a server that closes at once is not hammered. */
const SHORT = 1_000;

/**
 * Calls back for each object that is there (as ADDED), then for each change, until the signal is aborted. Goes on from
 * the last resourceVersion after a broken connection; after 410 it lists again and reports the differences.
 */
export async function watch(
  caller: Caller,
  resource: Resource,
  options: ListOptions,
  onEvent: (event: WatchEvent) => void,
): Promise<void> {
  const over = (): boolean => caller.closed.aborted || options.signal?.aborted === true;
  const known = new Map<string, KubernetesObject>();
  const report = (event: WatchEvent): void => {
    if (over()) return;
    const key = keyOf(event.object);
    if (event.type === 'DELETED') known.delete(key);
    else known.set(key, event.object);
    onEvent(event);
  };
  let from: string | undefined;
  for (let failures = 0; !over();) {
    try {
      from ??= await relist(caller, resource, options, known, report);
      const opened = caller.clock.now();
      const end: StreamEnd = await streamEvents(caller, resource, options, from, report);
      from = end.expired ? undefined : end.resourceVersion;
      failures = 0;
      if (!over() && caller.clock.now() - opened < SHORT) await pause(caller, options, FIRST_BACKOFF);
    } catch (error) {
      if (over()) return;
      if (!(error instanceof HoldfastError) || error.details.retryable !== true) throw error;
      failures += 1;
      await pause(caller, options, Math.min(FIRST_BACKOFF * 2 ** (failures - 1), LONGEST_BACKOFF));
    }
  }
}

async function relist(
  caller: Caller,
  resource: Resource,
  options: ListOptions,
  known: ReadonlyMap<string, KubernetesObject>,
  report: (event: WatchEvent) => void,
): Promise<string> {
  const { objects, resourceVersion } = await list(caller, resource, options);
  const present = new Set(objects.map(keyOf));
  for (const [key, object] of known) {
    if (!present.has(key)) report({ type: 'DELETED', object });
  }
  for (const object of objects) {
    const before = known.get(keyOf(object));
    if (before === undefined) report({ type: 'ADDED', object });
    else if (before.metadata.resourceVersion !== object.metadata.resourceVersion) report({ type: 'MODIFIED', object });
  }
  return resourceVersion;
}

/** Two objects of one name that lived one after the other are two objects. */
function keyOf(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}/${object.metadata.uid ?? ''}`;
}

/** Returns when the time is up or everything is over; the loop looks which. */
async function pause(caller: Caller, options: ListOptions, ms: number): Promise<void> {
  const over = new AbortController();
  for (const signal of [caller.closed, options.signal]) {
    signal?.addEventListener('abort', () => over.abort(), { signal: over.signal });
  }
  await caller.clock.sleep(ms, over.signal).catch(() => undefined);
  over.abort();
}
