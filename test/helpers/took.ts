import { expect } from 'vitest';

/** Checks a duration that must be `expectedMs`: 50 ms less at most, and a second more on a slow and busy machine. */
export function expectTook(tookMs: number, expectedMs: number): void {
  expect(tookMs).toBeGreaterThanOrEqual(expectedMs - 50);
  expect(tookMs).toBeLessThanOrEqual(expectedMs + 1000);
}
