import { formatDuration } from '../../model/duration.ts';
import type { Experiment } from '../../model/experiment.ts';
import { type Expectation, type HttpRequestSpec, LATENCY_STATS } from '../../model/hypothesis.ts';
import type { Path } from '../../model/place.ts';
import { lowerLimit } from '../limits.ts';
import type { Remark } from '../rule.ts';
import { expectationPath, watchedUnderFault } from '../watched.ts';

/** A request that is ended before it is as slow as it has to be can never be what is waited for. */
export function timeoutTooShort(experiment: Experiment): readonly Remark[] {
  const proofs = experiment.faults.flatMap(({ name, proof }, index) =>
    proof === undefined
      ? []
      : check(proof.http, proof.expect, (stat) => ({
          who: `The proof of "${name}"`,
          path: ['spec', 'faults', index, 'proof', 'expect', 'latency', stat],
        })),
  );
  const probes = watchedUnderFault(experiment).flatMap((watched) =>
    check(watched.probe.http, watched.expect, (stat) => ({
      who: `Probe "${watched.probe.name}"`,
      path: expectationPath(watched, 'latency', stat),
    })),
  );
  return [...probes, ...proofs];
}

type Told = (stat: string) => { readonly who: string; readonly path: Path };

function check({ timeout }: HttpRequestSpec, { latency = {}, errors = {} }: Expectation, tell: Told): Remark[] {
  return LATENCY_STATS.flatMap((stat) => {
    const threshold = latency[stat];
    const lowest = threshold && lowerLimit(threshold);
    if (threshold === undefined || lowest === undefined || lowest < timeout) return [];
    // A request that timed out counts with its time, where it is no error.
    if (lowest === timeout && errors.timeout !== undefined) return [];
    const { who, path } = tell(stat);
    const message = `${who} waits for requests that take ${threshold.text}, and ends each after ${formatDuration(timeout)}: that is never seen.`;
    const hint = `Raise http.timeout well above ${formatDuration(lowest)}.`;
    return [{ code: 'TIMEOUT_TOO_SHORT', message, path, hint }];
  });
}
