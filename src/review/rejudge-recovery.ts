import { type JudgedRecovery, judgeRecovery } from '../judge/judge-recovery.ts';
import { createRecoveryJudge } from '../judge/recovery-judge.ts';
import type { Millis } from '../model/clock.ts';
import { formatDuration } from '../model/duration.ts';
import type { Experiment } from '../model/experiment.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { Sample } from '../model/sample.ts';

/** The recovery phase as the journal has it; instants on the clock of the samples. */
export interface RecordedRecovery {
  readonly startedMs: Millis;
  readonly durationMs: Millis;
  readonly rolledBackMs: Millis;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  readonly baseline: readonly ProbeResult[];
  readonly doubtMs: Millis;
}

export interface RejudgedRecovery extends JudgedRecovery {
  /** No stretch that holds was seen, and sampling ended before there could have been one. */
  readonly undecided: boolean;
}

/** Looks for the recovery that a file asks for in the samples of the one that was waited for. */
export function rejudgeRecovery(experiment: Experiment, recorded: RecordedRecovery): RejudgedRecovery {
  const { startedMs, durationMs, rolledBackMs, samples, baseline, doubtMs } = recorded;
  const { confidence, hypothesis, phases } = experiment;
  const last = startedMs + phases.recovery.within;
  const judge = createRecoveryJudge(hypothesis, phases.recovery.stable);
  for (const [probe, all] of samples) {
    // As many as can be handed over at once.
    for (let at = 0; at < all.length; at += 10_000) judge.add(probe, all.slice(at, at + 10_000));
  }
  const found = judge.stableSince(startedMs + durationMs);
  const judged = judgeRecovery({
    phases,
    confidence,
    rolledBackMs,
    startedMs,
    since: found !== undefined && found <= last ? found : undefined,
    samples: new Map(
      hypothesis.filter((it) => it.during.includes('recovery')).map((it) => [it, samples.get(it.name) ?? []]),
    ),
    baseline,
    doubtMs,
  });
  const isKnown = found !== undefined || judge.isRefuted(last) || isCovered(experiment, recorded);
  return isKnown ? { ...judged, undecided: false } : undecided(judged, experiment);
}

/** Whether every probe was asked for as long as the last stretch in time would have taken. */
function isCovered({ hypothesis, phases }: Experiment, { startedMs, durationMs, samples }: RecordedRecovery): boolean {
  const needed = phases.recovery.within + phases.recovery.stable;
  if (durationMs < needed) return false;
  return hypothesis.every(({ name, pacing, during }) => {
    if (!during.includes('recovery') || pacing.kind === 'closed') return true;
    const last = (samples.get(name) ?? []).reduce((latest, { due }) => Math.max(latest, due), startedMs);
    return last + 1010 / pacing.perSecond >= startedMs + needed;
  });
}

/** What is bad at the end of a journal may have been good soon after. */
function undecided({ results, event }: JudgedRecovery, { phases }: Experiment): RejudgedRecovery {
  const { within, stable } = phases.recovery;
  const detail = `the run stopped looking before the hypothesis could have held for ${formatDuration(stable)}, beginning within ${formatDuration(within)}`;
  return {
    results: results.map((it) => (it.verdict === 'failed' ? { ...it, verdict: 'inconclusive' } : it)),
    event: { ...event, detail },
    undecided: true,
  };
}
