import { effectiveExpectation } from '../judge/effective-expectation.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Expectation, HttpRequestSpec, HypothesisProbe, ProofProbe } from '../model/hypothesis.ts';
import type { Path } from '../model/place.ts';

/** A probe that looks while the fault is in, with what it then expects. */
export interface Watched {
  readonly probe: HypothesisProbe;
  readonly expect: Expectation;
  readonly path: Path;
}

/** The probes that look while the fault is in. */
export function watchedUnderFault({ hypothesis }: Experiment): readonly Watched[] {
  return hypothesis.flatMap((probe, index) =>
    probe.during.includes('fault')
      ? [{ probe, expect: effectiveExpectation(probe, 'fault'), path: ['spec', 'hypothesis', index] }]
      : [],
  );
}

/** Where a key of the expectation under the fault is written: in `underFault` when it is there, else in `expect`. */
export function expectationPath({ probe, path }: Watched, key: keyof Expectation, ...inner: readonly string[]): Path {
  const isReplaced = probe.underFault?.[key] !== undefined;
  return [...path, ...(isReplaced ? ['underFault'] : []), 'expect', key, ...inner];
}

/** A request that the experiment makes again and again. */
export interface Asked {
  readonly http: HttpRequestSpec;
  readonly proof?: ProofProbe;
}

/** Every request of the hypothesis, the stop conditions and the proofs. */
export function requestsOf({ hypothesis, faults, abortWhen = [] }: Experiment): readonly Asked[] {
  return [
    ...hypothesis.map(({ http }) => ({ http })),
    ...abortWhen.flatMap(({ watched }) => (watched.kind === 'canary' ? [{ http: watched.http }] : [])),
    ...faults.flatMap(({ proof }) => (proof === undefined ? [] : [{ http: proof.http, proof }])),
  ];
}
