import { SHARE_BELOW } from '../../judge/judge-latency.ts';
import { DEFAULT_CONFIDENCE } from '../../model/confidence.ts';
import { formatDuration } from '../../model/duration.ts';
import type { Experiment } from '../../model/experiment.ts';
import { type Expectation, LATENCY_STATS, type Pacing } from '../../model/hypothesis.ts';
import { plural } from '../../util/plural.ts';
import { requestsDue } from '../requests-due.ts';
import { requestsForPercentile, requestsForShare } from '../requests-needed.ts';
import type { Remark } from '../rule.ts';
import { expectationPath, watchedUnderFault } from '../watched.ts';

/** A limit that not even the best of so few requests could show to hold: such an experiment never passes. */
export function tooFewRequests({ confidence = DEFAULT_CONFIDENCE, ...experiment }: Experiment): readonly Remark[] {
  // What is expected to fail needs fewer requests to be seen to.
  if (experiment.expected !== undefined) return [];
  const { fault } = experiment.phases;
  return watchedUnderFault(experiment).flatMap((watched): Remark[] => {
    const { name, pacing } = watched.probe;
    const due = requestsDue(pacing, fault);
    return needsOf(watched.expect, confidence)
      .filter(({ needed }) => needed === undefined || needed > due)
      .map(({ key, inner, what, needed }) => ({
        code: 'TOO_FEW_REQUESTS',
        message: `Probe "${name}" makes ${plural(due, 'request')} under the fault; ${needed === undefined ? 'no number of them shows' : `it takes ${needed} at least to show`} that ${what}: the experiment cannot pass.`,
        path: expectationPath(watched, key, ...inner),
        hint:
          needed === undefined ? 'Write a range that can be told from what is beside it.' : adviceOf(needed, pacing),
      }));
  });
}

interface Need {
  readonly key: 'good' | 'latency' | 'statuses' | 'errors';
  readonly inner: readonly string[];
  /** `p99 < 2.5s` */
  readonly what: string;
  readonly needed: number | undefined;
}

function needsOf({ good, latency = {}, statuses = {}, errors = {} }: Expectation, confidence: number): readonly Need[] {
  const shares = (key: 'statuses' | 'errors', limits: Expectation['statuses'] = {}): Need[] =>
    Object.entries(limits).map(([name, limit]) => ({
      key,
      inner: [name],
      what: `${key === 'statuses' ? 'status' : 'error'} ${name} ${limit.text}`,
      needed: requestsForShare(limit, confidence),
    }));
  const percentiles = LATENCY_STATS.flatMap((stat): Need[] => {
    const limit = latency[stat];
    if (limit === undefined) return [];
    const needed = requestsForPercentile(SHARE_BELOW[stat], limit, confidence);
    return [{ key: 'latency', inner: [stat], what: `${stat} ${limit.text}`, needed }];
  });
  return [
    ...(good
      ? [{ key: 'good', inner: [], what: `good ${good.text}`, needed: requestsForShare(good, confidence) } as const]
      : []),
    ...percentiles,
    ...shares('statuses', statuses),
    ...shares('errors', errors),
  ];
}

function adviceOf(needed: number, pacing: Pacing): string {
  if (pacing.kind === 'closed') return `Make at least ${needed} requests in the burst, or ask for less.`;
  const phase = formatDuration(Math.ceil((needed / pacing.perSecond) * 10) * 100);
  return `At ${pacing.perSecond}/s the fault phase must last ${phase} at least; or raise the rate, or ask for less.`;
}
