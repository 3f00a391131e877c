/** Keys to look at again, each handled once however often it was named meanwhile. */
export interface WorkQueue {
  add(key: string): void;
  close(): void;
}

const RETRIES = 10;

/**
 * Calls `reconcile` for each key soon after it was added. Store events arrive in the middle of somebody's write; acting
 * on them a turn later keeps controllers from running inside each other. An error (a conflict, an object that went away)
 * means to look again, a bounded number of times; after that the key waits for its next change.
 */
export function createWorkQueue(reconcile: (key: string) => void): WorkQueue {
  let waiting = new Set<string>();
  const failures = new Map<string, number>();
  let scheduled: NodeJS.Immediate | undefined;
  let closed = false;

  function work(): void {
    scheduled = undefined;
    const batch = waiting;
    waiting = new Set();
    for (const key of batch) attempt(key);
  }

  function attempt(key: string): void {
    try {
      reconcile(key);
      failures.delete(key);
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      if (count <= RETRIES) return add(key);
      failures.delete(key);
      reportDefect(error);
    }
  }

  function add(key: string): void {
    if (closed) return;
    waiting.add(key);
    scheduled ??= setImmediate(work);
  }

  return {
    add,
    close() {
      closed = true;
      waiting.clear();
      if (scheduled) clearImmediate(scheduled);
    },
  };
}

/** Says on stderr what no controller could do, and lets the sandbox live on. */
export function reportDefect(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
