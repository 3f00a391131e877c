import { expect } from 'vitest';

/** Checks a duration that must be `expectedMs`: 50 ms less at most, and 500 ms more on a slow machine. */
export function expectTook(tookMs: number, expectedMs: number): void {
  expect(tookMs).toBeGreaterThanOrEqual(expectedMs - 50);
  expect(tookMs).toBeLessThanOrEqual(expectedMs + 500);
}
