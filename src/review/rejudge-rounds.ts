import { judgeRounds, type RoundOutcome } from '../judge/judge-rounds.ts';
import type { ExperimentHead } from '../model/event.ts';
import type { Experiment } from '../model/experiment.ts';
import type { RepeatSummary } from '../model/repeat.ts';

/** Adds up the rounds of repeated experiments as they are judged now. */
export interface Rounds {
  note(head: ExperimentHead, experiment: Experiment, outcome: RoundOutcome): void;
  summaries(): readonly RepeatSummary[];
}

export function createRounds(): Rounds {
  const seen = new Map<string, { readonly experiment: Experiment; readonly outcomes: RoundOutcome[] }>();
  return {
    note({ round }, experiment, outcome) {
      if (round === undefined) return;
      const known = seen.get(round.of) ?? { experiment, outcomes: [] };
      known.outcomes.push(outcome);
      seen.set(round.of, known);
    },
    summaries: () =>
      [...seen].map(([name, { experiment, outcomes }]) => {
        const probes = experiment.hypothesis.map((probe) => probe.name);
        return judgeRounds(name, probes, outcomes, experiment.confidence);
      }),
  };
}
