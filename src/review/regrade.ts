import { checkStatus, checkWithin } from '../model/check-answer.ts';
import type { Expectation } from '../model/hypothesis.ts';
import { type FailedCheck, latencyOf, type Sample } from '../model/sample.ts';
import { same } from './same.ts';

/**
 * Checks samples again that were checked by `before`: status and time anew where something else is expected of them;
 * what is expected of bodies and headers must be what it was, or nothing any more.
 */
export function createRegrader(before: Expectation, now: Expectation): (sample: Sample) => Sample {
  const sameStatus = same(before.status, now.status);
  const sameWithin = before.within === now.within;
  const keeps: Readonly<Record<FailedCheck['check'], boolean>> = {
    status: sameStatus,
    within: sameWithin,
    headers: now.headers !== undefined,
    body: now.body !== undefined,
  };
  return (sample) => {
    // What was not answered was not checked.
    if (sample.status === undefined || sample.error !== undefined) return sample;
    const failed = [
      ...(sameStatus ? [] : checkStatus(now.status, sample.status)),
      ...(sameWithin ? [] : checkWithin(now.within, latencyOf(sample))),
      ...(sample.failed ?? []).filter(({ check }) => keeps[check]),
    ];
    if (failed.length > 0) return { ...sample, failed };
    if (sample.failed === undefined) return sample;
    const { failed: _, ...good } = sample;
    return good;
  };
}
