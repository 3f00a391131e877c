import type { Expectation } from '../model/hypothesis.ts';
import type { Sample } from '../model/sample.ts';
import { isGood } from './good-request.ts';

/** Describes what most often made requests bad, with one example; empty when none was. */
export function describeBad(samples: readonly Sample[], expect: Expectation): string {
  const byKey = new Map<string, { times: number; readonly text: string }>();
  for (const sample of samples.filter((one) => !isGood(one, expect))) {
    for (const [key, text] of causesOf(sample)) {
      const seen = byKey.get(key);
      if (seen === undefined) byKey.set(key, { times: 1, text });
      else seen.times += 1;
    }
  }
  const worst = [...byKey.values()].sort((a, b) => b.times - a.times)[0];
  return worst === undefined ? '' : `; most often (${worst.times}x) ${worst.text}`;
}

/** Kinds of cause with an example each; a request counts once for a kind, however many of its checks failed. */
function causesOf(sample: Sample): ReadonlyMap<string, string> {
  if (sample.error !== undefined) {
    const detail = sample.errorDetail === undefined ? '' : ` (${sample.errorDetail})`;
    return new Map([[`error ${sample.error}`, `error ${sample.error}${detail}`]]);
  }
  const causes = new Map<string, string>();
  for (const { check, detail } of sample.failed ?? []) {
    if (!causes.has(check)) causes.set(check, `${check}: ${detail}`);
  }
  return causes;
}
