import { DEFAULT_CONFIDENCE } from '../model/confidence.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { RepeatedProbe, RepeatSummary } from '../model/repeat.ts';
import type { Verdict } from '../model/verdict.ts';
import { shareInterval } from '../stats/binomial.ts';

/** What one round of an experiment came to. */
export interface RoundOutcome {
  readonly verdict: Verdict;
  readonly results: readonly ProbeResult[];
}

/** Rounds that say something about the hypothesis: the fault was in, proven and survived or not. */
const DECIDED: ReadonlySet<Verdict> = new Set(['passed', 'failed', 'known-weakness', 'unexpected-pass']);
/** Rounds that were cut off or never begun differ from the others for no reason of the system's. */
const CUT_OFF: ReadonlySet<Verdict> = new Set(['interrupted', 'skipped']);

/** Adds the rounds of one experiment up: how often each statement held, and whether the verdicts differ. */
export function judgeRounds(
  experiment: string,
  probes: readonly string[],
  rounds: readonly RoundOutcome[],
  confidence = DEFAULT_CONFIDENCE,
): RepeatSummary {
  const verdicts: Partial<Record<Verdict, number>> = {};
  for (const { verdict } of rounds) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const told = new Set(rounds.map(({ verdict }) => verdict).filter((verdict) => !CUT_OFF.has(verdict)));
  const decided = rounds.filter(({ verdict }) => DECIDED.has(verdict));
  return {
    experiment,
    verdicts,
    flaky: told.size > 1,
    probes: probes.map((probe) => judgeProbeOver(probe, decided, confidence)),
  };
}

function judgeProbeOver(probe: string, rounds: readonly RoundOutcome[], confidence: number): RepeatedProbe {
  const answers = rounds.flatMap(({ results }) => heldIn(results.filter((result) => result.probe === probe)) ?? []);
  const held = answers.filter(Boolean).length;
  const between = shareInterval(held, answers.length, confidence);
  return { probe, held, decided: answers.length, confidence, between };
}

/** Undefined where it was not looked at with the fault or after it, or could not be decided. */
function heldIn(results: readonly ProbeResult[]): boolean | undefined {
  const judged = results.filter(({ phase, verdict }) => phase !== 'baseline' && verdict !== 'skipped');
  if (judged.some(({ verdict }) => verdict === 'failed')) return false;
  return judged.length === 0 || judged.some(({ verdict }) => verdict === 'inconclusive') ? undefined : true;
}
