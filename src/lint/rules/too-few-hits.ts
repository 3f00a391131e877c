import { formatDuration } from '../../model/duration.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { Fault } from '../../model/fault.ts';
import { requestsDue } from '../requests-due.ts';
import type { Remark } from '../rule.ts';
import { watchedUnderFault } from '../watched.ts';

/** Without a request of the hypothesis that is hit a run decides nothing, so at least one has to be likely. */
export function tooFewHits(experiment: Experiment): readonly Remark[] {
  return experiment.faults.flatMap((fault, index): Remark[] => {
    const share = shareOf(fault);
    if (share === undefined) return [];
    const lasts = fault.duration ?? experiment.phases.fault - fault.startAfter;
    const due = watchedUnderFault(experiment).reduce((sum, { probe }) => sum + expectedDue(probe.pacing, lasts), 0);
    const hits = due * share.value;
    if (hits >= 1) return [];
    const path = ['spec', 'faults', index, ...share.key];
    return [
      {
        code: 'TOO_FEW_HITS',
        message: `"${fault.name}" hits ${share.value * 100} % of requests and lasts ${formatDuration(lasts)}, in which the hypothesis makes about ${round(due)}: ${round(hits)} hits are to be expected, and without one the run decides nothing.`,
        path,
        hint: 'Raise the percentage, the rate, or the time of the fault.',
      },
    ];
  });
}

function expectedDue(pacing: Parameters<typeof requestsDue>[0], lasts: number): number {
  return pacing.kind === 'closed' ? requestsDue(pacing, lasts) : (pacing.perSecond * lasts) / 1000;
}

interface Share {
  readonly value: number;
  readonly key: readonly string[];
}

/** The largest share of requests that the fault does something to; undefined where that is no matter of single requests. */
function shareOf({ spec, duration }: Fault): Share | undefined {
  if (spec.driver !== 'istio') return undefined;
  const { delay, abort } = spec;
  const shares = [
    ...(delay ? [{ value: delay.percentage / 100, key: ['delay', 'percentage'] }] : []),
    ...(abort ? [{ value: abort.percentage / 100, key: ['abort', 'percentage'] }] : []),
  ].sort((a, b) => b.value - a.value);
  const [largest] = shares;
  if (largest === undefined) return undefined;
  return largest.value >= 1 && duration !== undefined ? { ...largest, key: ['duration'] } : largest;
}

function round(value: number): string {
  return String(Number(value.toPrecision(2)));
}
