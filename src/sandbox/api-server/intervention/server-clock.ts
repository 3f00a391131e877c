import { AsyncLocalStorage } from 'node:async_hooks';

const ahead = new AsyncLocalStorage<number>();

/** Does something with the server's clock so many milliseconds ahead. */
export function withClockAhead<Result>(ms: number, act: () => Result): Result {
  return ahead.run(ms, act);
}

/** What the server's clock says, milliseconds since 1970. */
export function serverNow(): number {
  return Date.now() + (ahead.getStore() ?? 0);
}
