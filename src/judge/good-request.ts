import type { Expectation } from '../model/hypothesis.ts';
import type { Sample } from '../model/sample.ts';

/** True when every check on this request held and it has no transport error, save a kind with a limit of its own. */
export function isGood(sample: Sample, expect: Expectation): boolean {
  return !hasBadError(sample, expect) && (sample.failed ?? []).length === 0;
}

/** As `isGood`, with answers that only came too late counted as good. */
export function isGoodButForTime(sample: Sample, expect: Expectation): boolean {
  return !hasBadError(sample, expect) && (sample.failed ?? []).every((failed) => failed.check === 'within');
}

function hasBadError(sample: Sample, expect: Expectation): boolean {
  return sample.error !== undefined && expect.errors?.[sample.error] === undefined;
}
