import { describe, expect, it } from 'vitest';
import { judgeProof } from '../../src/judge/judge-proof.ts';
import type { Expectation } from '../../src/model/hypothesis.ts';
import type { Sample } from '../../src/model/sample.ts';
import { limit, newSamples } from '../helpers/probes.ts';

const range = { kind: 'range', low: 0.1, high: 0.9, text: '10% .. 90%' } as const;
const slow = { latency: { min: limit('>=', 2900) } };

describe('one request', () => {
  it.each<[string, Expectation, Partial<Sample>, boolean]>([
    ['an answer that holds', {}, {}, true],
    ['a failed check', {}, { failed: [{ check: 'status', detail: '' }] }, false],
    ['a slow answer where one is expected', slow, { end: 3000 }, true],
    ['a quick answer where a slow one is expected', slow, { end: 10 }, false],
    ['an error that is not expected', {}, { error: 'reset', status: undefined }, false],
    ['an expected error', { errors: { reset: limit('>', 0) } }, { error: 'reset', status: undefined }, true],
    ['an answer where an error is expected', { errors: { reset: limit('>', 0) } }, {}, false],
    ['an error where none of its kind may be', { errors: { reset: limit('<=', 0) } }, { error: 'reset' }, false],
    ['an expected status', { statuses: { 503: range } }, { status: 503 }, true],
    ['a status of an expected class', { statuses: { '5xx': limit('>', 0.5) } }, { status: 555 }, true],
    ['another status', { statuses: { 503: range } }, { status: 200 }, false],
    ['a time-out where a slow answer is expected', slow, { error: 'timeout', end: 3000, status: undefined }, false],
    [
      'a time-out that is expected and long enough',
      { ...slow, errors: { timeout: limit('>', 0) } },
      { error: 'timeout', end: 3000, status: undefined },
      true,
    ],
    ['a request that never left', {}, { sent: undefined }, false],
    ['a request cut off by a stop', {}, { straddles: true }, false],
  ])('%s', (_, expectation, sample, positive) => {
    const [one] = newSamples(1, sample);
    expect(one && judgeProof(expectation, one)).toBe(positive);
  });
});
