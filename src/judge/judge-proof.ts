import { LATENCY_STATS, type Expectation } from '../model/hypothesis.ts';
import { isDropped, latencyOf, type Sample } from '../model/sample.ts';
import type { Threshold } from '../model/threshold.ts';
import { canHold, decide, exactly } from './decide.ts';
import { isGood } from './good-request.ts';
import { matchesStatus } from './match-status.ts';

/**
 * True when this one request shows what the proof expects. Each latency limit is applied to its latency; a share limit
 * asks whether a request of this kind may occur at all (and, where this is none, whether there need be any).
 */
export function judgeProof(expect: Expectation, sample: Sample): boolean {
  if (isDropped(sample) || sample.straddles === true || !isGood(sample, expect)) return false;
  return latencyHolds(expect, sample) && statusesHold(expect, sample) && errorsHold(expect, sample);
}

function latencyHolds(expect: Expectation, sample: Sample): boolean {
  const latency = latencyOf(sample);
  const known = sample.error === undefined ? exactly(latency) : { low: latency, high: Number.POSITIVE_INFINITY };
  return LATENCY_STATS.map((stat) => expect.latency?.[stat])
    .filter((threshold) => threshold !== undefined)
    .every((threshold) => decide(threshold, known) === 'holds');
}

function statusesHold(expect: Expectation, { status, error }: Sample): boolean {
  return Object.entries(expect.statuses ?? {}).every(([pattern, threshold]) =>
    admits(threshold, error === undefined && status !== undefined && matchesStatus(pattern, status)),
  );
}

function errorsHold(expect: Expectation, { error }: Sample): boolean {
  return Object.entries(expect.errors ?? {}).every(([kind, threshold]) => admits(threshold, kind === error));
}

function admits(threshold: Threshold, present: boolean): boolean {
  return canHold(threshold, present ? { low: Number.EPSILON, high: 1 } : exactly(0));
}
