import { judgeProbe } from '../../judge/judge-probe.ts';
import { createRecoveryJudge } from '../../judge/recovery-judge.ts';
import type { Millis } from '../../model/clock.ts';
import { type PreparedLab, step } from '../lab.ts';
import { samplePhase } from '../sample-phase.ts';

const CHECK_EVERY_MS = 25;

/** Watches until the hypothesis has held again for `stable`, and measures from the rollback when it began to. */
export async function recovery(lab: PreparedLab): Promise<void> {
  const { within, stable } = lab.experiment.phases.recovery;
  const rolledBackAt = Math.max(...lab.faults.map((it) => it.rolledBackAt ?? 0));
  // Showing that a fault is gone may take longer than `within`, and nobody watched the hypothesis meanwhile.
  const startedAt = lab.clock.now();
  await step(lab, 'recovery', 'Wait until the steady state is back', async () => {
    const judge = createRecoveryJudge(lab.experiment.hypothesis, stable);
    // The last stretch that is in time may begin at `within`; its answers take as long as they may.
    const deadline = startedAt + within + stable + slowestAnswer(lab);
    const found: { since?: Millis } = {};
    const inTime = (since: Millis): boolean => lab.epoch + since - startedAt <= within;
    await samplePhase(lab, {
      phase: 'recovery',
      plannedMs: within + stable,
      declaredMs: stable,
      onSamples: judge.add,
      until: async () => {
        const last = startedAt + within - lab.epoch;
        while (found.since === undefined && lab.clock.now() < deadline && !judge.isRefuted(last)) {
          await lab.clock.sleep(CHECK_EVERY_MS, lab.signal);
          found.since = judge.stableSince(lab.clock.now() - lab.epoch);
          if (found.since !== undefined && !inTime(found.since)) break;
        }
      },
      judge: (probe, all) => {
        const samples = found.since === undefined ? all : judge.stretch(probe.name, found.since);
        return judgeProbe({ probe, phase: 'recovery', samples, confidence: lab.experiment.confidence });
      },
    });
    tell(lab, found.since !== undefined && inTime(found.since) ? lab.epoch + found.since - rolledBackAt : undefined);
  });
}

function tell(lab: PreparedLab, recoveryMs: Millis | undefined): void {
  const { within, stable } = lab.experiment.phases.recovery;
  const recovered = recoveryMs !== undefined;
  const detail = recovered
    ? `the hypothesis held for ${stable} ms from ${Math.round(recoveryMs)} ms after the rollback`
    : `the hypothesis did not hold for ${stable} ms in a row, beginning within ${within} ms of the faults' being gone`;
  lab.book.recovered(recovered, detail);
  lab.emit({ type: 'recovered', recovered, ...(recovered && { recoveryMs: Math.max(0, recoveryMs) }), detail });
}

function slowestAnswer(lab: PreparedLab): Millis {
  const probes = lab.experiment.hypothesis.filter((it) => it.during.includes('recovery'));
  return Math.max(0, ...probes.map((it) => Math.min(it.http.timeout, it.expect.within ?? it.http.timeout)));
}
