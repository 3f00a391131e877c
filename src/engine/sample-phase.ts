import { effectiveExpectation } from '../judge/effective-expectation.ts';
import { judgeRunner } from '../judge/judge-runner.ts';
import type { Millis } from '../model/clock.ts';
import type { HypothesisProbe } from '../model/hypothesis.ts';
import type { Phase } from '../model/phase.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { Sample } from '../model/sample.ts';
import type { RunnerLoad } from '../model/runner-load.ts';
import type { OnSent, Sampler, Stream } from '../probes/sampler.ts';
import type { ConnectedLab } from './lab.ts';

export interface PhaseWork {
  readonly phase: Phase;
  /** Longest time that the phase may take. */
  readonly plannedMs: Millis;
  /** The part of it that the file asks to be spent in any case. */
  readonly declaredMs: Millis;
  /** Sampling goes on until this resolves; when it rejects, what is in flight is cut off. */
  until(): Promise<void>;
  /** Called with each batch. */
  onSamples?(probe: string, samples: readonly Sample[]): void;
  /** Called with requests that have left; where it is not given nobody has to tell. */
  onSent?: OnSent;
  /**
   * Adds the samples up once all are there; one result for each probe of the phase. `doubtMs` is by how much our own
   * standing still may have delayed any answer.
   */
  judge(samples: ReadonlyMap<HypothesisProbe, readonly Sample[]>, doubtMs: Millis): readonly ProbeResult[];
}

/**
 * Sends the requests of the probes of a phase, awaits their answers and judges them. What was measured is judged and
 * told also when the phase was stopped before its end, once the faults are out.
 */
export async function samplePhase(lab: ConnectedLab, work: PhaseWork): Promise<readonly ProbeResult[]> {
  const { phase, plannedMs } = work;
  const probes = lab.experiment.hypothesis.filter((it) => it.during.includes(phase));
  const samples = new Map<string, Sample[]>(probes.map((it) => [it.name, []]));
  const startedAt = lab.clock.now();
  lab.emit({ type: 'phase-started', phase, plannedMs });
  const sampler = await lab.sampler;
  // What was before the phase is not its load.
  await takeLoad(sampler);
  const failure = await sendAll(lab, work, probes, samples);
  // A phase that was cut off has to be taken back first.
  const runner = failure === undefined ? await takeLoad(sampler) : undefined;
  const { doubtMs, warning } = runner === undefined ? { doubtMs: 0 } : judgeRunner(runner);
  if (warning !== undefined) lab.emit({ type: 'note', text: `${phase}: ${warning}` });
  lab.book.spent(Math.min(work.declaredMs, lab.clock.now() - startedAt));
  const durationMs = lab.clock.now() - startedAt;
  const conclude = (): readonly ProbeResult[] => {
    const results = work.judge(new Map(probes.map((it) => [it, samples.get(it.name) ?? []])), doubtMs);
    lab.emit({ type: 'phase-ended', phase, durationMs, ...(runner !== undefined && { runner }), results });
    lab.book.result(results);
    return results;
  };
  if (failure === undefined) return conclude();
  // Judging 300,000 requests takes half a second, in which the faults would stay in.
  lab.book.later(conclude);
  throw failure.error;
}

/** A sampler that has failed says so where its samples are asked for. */
async function takeLoad(sampler: Sampler): Promise<RunnerLoad | undefined> {
  return sampler.load?.().catch(() => undefined);
}

/** Resolves with what ended the phase before its time. */
async function sendAll(
  lab: ConnectedLab,
  { phase, plannedMs, until, onSamples, onSent }: PhaseWork,
  probes: readonly HypothesisProbe[],
  samples: ReadonlyMap<string, Sample[]>,
): Promise<{ readonly error: unknown } | undefined> {
  const sampler = await lab.sampler;
  const cut = new AbortController();
  const failures: { readonly error: unknown }[] = [];
  const fail = (error: unknown): void => {
    failures.push({ error });
    cut.abort(error);
  };
  await sampler
    .start(
      probes.map((it) => ({ ...streamOf(it, phase, plannedMs), ...(onSent && { tellSent: true }) })),
      (probe, batch) => {
        samples.get(probe)?.push(...batch);
        lab.emit({ type: 'samples', phase, probe, samples: batch });
        onSamples?.(probe, batch);
      },
      onSent,
    )
    .then(until)
    .catch(fail);
  const ids = probes.map((it) => it.name);
  await sampler.stop(ids, AbortSignal.any([cut.signal, lab.signal])).catch(fail);
  return failures[0];
}

function streamOf(probe: HypothesisProbe, phase: Phase, plannedMs: Millis): Stream {
  return {
    id: probe.name,
    request: probe.http,
    pacing: probe.pacing,
    expect: effectiveExpectation(probe, phase),
    // A recovery ends when it is there, and what a first burst did not show a later one may.
    ...(phase === 'recovery' ? { repeat: true } : { duration: plannedMs }),
  };
}
