import type { Store } from '../store.ts';
import { CONFIG_RESOURCES, meshRelevant } from './read-config.ts';

/** A stream of writes holds a change back at most this many times the quiet time. */
const PATIENCE = 10;

/** Calls back once the objects have been quiet for `quietMs` after a change that matters. Returns how to stop. */
export function watchConfig(store: Store, quietMs: number, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let firstAt = 0;
  const note = () => {
    const now = performance.now();
    if (timer === undefined) firstAt = now;
    clearTimeout(timer);
    const left = Math.max(0, Math.min(quietMs, firstAt + quietMs * PATIENCE - now));
    timer = setTimeout(() => {
      timer = undefined;
      changed();
    }, left);
  };
  const stops = Object.values(CONFIG_RESOURCES).map((resource) => watchResource(store, resource, note));
  return () => {
    for (const stop of stops) stop();
    clearTimeout(timer);
  };
}

function watchResource(store: Store, resource: string, note: () => void): () => void {
  const seen = new Map<string, string>();
  return store.watch(resource, ({ type, object }) => {
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const relevant = type === 'DELETED' ? undefined : meshRelevant(resource, object);
    if (seen.get(key) === relevant) return;
    if (relevant === undefined) seen.delete(key);
    else seen.set(key, relevant);
    note();
  });
}
