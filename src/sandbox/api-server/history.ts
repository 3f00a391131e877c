import type { StoreEvent } from '../store.ts';
import { expired } from './api-error.ts';

/** A store event with the resource and revision it belongs to. */
export interface Change extends StoreEvent {
  readonly resource: string;
  readonly revision: number;
  /** The object before a MODIFIED, so that watches with selectors can tell who left their view. */
  readonly before?: StoreEvent['object'];
}

const KEPT = 4000;

/** The store's last changes and those who listen to new ones; each listener sees every change once and in order. */
export interface History {
  append(change: Change): void;
  /** Changes of `resource` after `revision`; throws 410 when some of them are forgotten. */
  since(resource: string, revision: number): Change[];
  listen(listener: (change: Change) => void): () => void;
}

export function createHistory(kept = KEPT): History {
  const changes: Change[] = [];
  const listeners = new Set<(change: Change) => void>();
  const queue: { change: Change; to: readonly ((change: Change) => void)[] }[] = [];
  let forgotten = 0;
  let draining = false;

  // A listener may write: what that write causes is told after everybody has heard of the first change.
  function drain(): void {
    if (draining) return;
    draining = true;
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { change, to } = next;
      for (const listener of to) if (listeners.has(listener)) tell(listener, change);
    }
    draining = false;
  }

  return {
    append(change) {
      changes.push(change);
      if (changes.length > kept) forgotten = changes.shift()?.revision ?? forgotten;
      queue.push({ change, to: [...listeners] });
      drain();
    },
    since(resource, revision) {
      if (revision < forgotten) throw expired(revision, forgotten + 1);
      const first = changes.findIndex((change) => change.revision > revision);
      return first < 0 ? [] : changes.slice(first).filter((change) => change.resource === resource);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A listener's failure is no fault of the writer: it surfaces as an uncaught exception of its own. */
function tell(listener: (change: Change) => void, change: Change): void {
  try {
    listener(change);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
