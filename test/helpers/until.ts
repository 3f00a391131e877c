import { setTimeout as wait } from 'node:timers/promises';

/** Waits until `read` gives something other than undefined or false, looking every few milliseconds; fails after `deadlineMs`. */
export async function until<T>(
  what: string,
  read: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 5000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await wait(5);
  }
}
