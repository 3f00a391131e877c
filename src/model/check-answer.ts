import type { Millis } from './clock.ts';
import { formatDuration } from './duration.ts';
import type { StatusPattern } from './hypothesis.ts';
import type { FailedCheck } from './sample.ts';

/** The check on the status of one answer; empty when it holds. */
export function checkStatus(expected: readonly StatusPattern[] | undefined, status: number): readonly FailedCheck[] {
  if (expected === undefined || expected.some((pattern) => fits(pattern, status))) return [];
  const text = expected.map((pattern) => (pattern.kind === 'exact' ? `${pattern.status}` : `${pattern.digit}xx`));
  return [{ check: 'status', detail: `expected ${text.join(' or ')}, got ${status}` }];
}

/** The check on the time of one answer, from due to end; empty when it holds. */
export function checkWithin(limit: Millis | undefined, latency: Millis): readonly FailedCheck[] {
  if (limit === undefined || latency <= limit) return [];
  return [
    {
      check: 'within',
      detail: `expected an answer within ${formatDuration(limit)}, got it after ${formatDuration(Math.ceil(latency))}`,
    },
  ];
}

function fits(pattern: StatusPattern, status: number): boolean {
  return pattern.kind === 'exact' ? pattern.status === status : pattern.digit === Math.floor(status / 100);
}
