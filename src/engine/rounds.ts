import { judgeRounds, type RoundOutcome } from '../judge/judge-rounds.ts';
import type { ExperimentEvent } from '../model/event.ts';
import type { Experiment } from '../model/experiment.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { RepeatSummary } from '../model/repeat.ts';

/**
 * Every experiment so many times, each an experiment of its own: first all of them once, then all of them again, so that
 * what drifts in the course of a run touches all alike.
 */
export function repeated(experiments: readonly Experiment[], rounds: number): readonly Experiment[] {
  if (rounds === 1) return experiments;
  return Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) =>
    experiments.map((experiment) => ({
      ...experiment,
      name: `${experiment.name} (${round} of ${rounds})`,
      round: { of: experiment.name, round, rounds },
    })),
  );
}

/** Follows the rounds of repeated experiments. */
export interface Rounds {
  note(experiment: Experiment, event: ExperimentEvent): void;
  /** One for each experiment that was repeated. */
  summaries(): readonly RepeatSummary[];
}

export function createRounds(): Rounds {
  const seen = new Map<string, { readonly last: Experiment; readonly outcomes: RoundOutcome[] }>();
  const underWay = new Map<string, ProbeResult[]>();
  return {
    note(experiment, event) {
      const { name, round } = experiment;
      if (round === undefined) return;
      if (event.type === 'phase-ended') underWay.set(name, [...(underWay.get(name) ?? []), ...event.results]);
      if (event.type !== 'experiment-ended') return;
      const outcomes: RoundOutcome[] = seen.get(round.of)?.outcomes ?? [];
      outcomes.push({ verdict: event.verdict, results: underWay.get(name) ?? [] });
      underWay.delete(name);
      seen.set(round.of, { last: experiment, outcomes });
    },
    summaries: () =>
      [...seen].map(([name, { last, outcomes }]) => {
        const probes = last.hypothesis.map((probe) => probe.name);
        return judgeRounds(name, probes, outcomes, last.confidence);
      }),
  };
}
