import type { Millis } from '../model/clock.ts';
import type { Wait } from '../model/conclusion.ts';

/** What the times of a probe say, in a sentence. */
export function describeWait(wait: Wait): string {
  const { probe, follows, plateau, attempts, rest, tolerance } = wait;
  const times = follows.times === 1 ? 'the delay' : `${follows.times} times the delay`;
  const seen =
    `"${probe}" takes ${times} longer up to ${describeTime(follows.upTo)}, ` +
    `and ${measured(plateau.latency)} longer at any delay from ${describeTime(plateau.from)} to ${describeTime(plateau.to)}`;
  const off = `(times are right to within ${Math.ceil(tolerance / 10) * 10} ms)`;
  const beside = rest === undefined ? '' : `, with ${measured(rest)} of pauses or other work beside`;
  const often = attempts === undefined ? '; the times do not say how often' : `, ${howOften(attempts)}${beside}`;
  return `${seen}: somebody on the way gives up ${when(wait)}${often} ${off}.`;
}

function when({ timeout: { low, high }, attempts, rest }: Wait): string {
  if (attempts !== undefined && rest === undefined) return `after ${measured((low + high) / 2)}`;
  return `between ${measured(low)} and ${measured(high)}`;
}

/** `once`, `twice`, `3 times`. */
export function howOften(count: number): string {
  if (count === 1) return 'once';
  return count === 2 ? 'twice' : `${count} times`;
}

/** A delay that was set, exactly: `2.9 s`, `3.0 s`, `250 ms`. */
export function describeTime(ms: Millis): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  return `${Number.isInteger(ms / 100) ? seconds.toFixed(1) : String(Number(seconds.toFixed(3)))} s`;
}

/** A time that was measured, no finer than it is known. */
export function measured(ms: Millis): string {
  return ms < 1000 ? `${Math.round(ms / 10) * 10} ms` : `${(ms / 1000).toFixed(1)} s`;
}
