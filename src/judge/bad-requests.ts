import type { Expectation } from '../model/hypothesis.ts';
import type { Sample } from '../model/sample.ts';
import { isGood } from './good-request.ts';

/** Describes what most often made requests bad, with one example; empty when none was. */
export function describeBad(samples: readonly Sample[], expect: Expectation): string {
  const byKey = new Map<string, { times: number; readonly text: string }>();
  for (const { key, text } of samples.filter((sample) => !isGood(sample, expect)).flatMap(causesOf)) {
    const seen = byKey.get(key);
    if (seen === undefined) byKey.set(key, { times: 1, text });
    else seen.times += 1;
  }
  const worst = [...byKey.values()].sort((a, b) => b.times - a.times)[0];
  return worst === undefined ? '' : `; most often (${worst.times}x) ${worst.text}`;
}

function causesOf(sample: Sample): readonly { readonly key: string; readonly text: string }[] {
  if (sample.error !== undefined) {
    const detail = sample.errorDetail === undefined ? '' : ` (${sample.errorDetail})`;
    return [{ key: `error ${sample.error}`, text: `error ${sample.error}${detail}` }];
  }
  return (sample.failed ?? []).map(({ check, detail }) => ({ key: check, text: `${check}: ${detail}` }));
}
