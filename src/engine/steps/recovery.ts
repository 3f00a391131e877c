import { type JudgedRecovery, judgeRecovery } from '../../judge/judge-recovery.ts';
import { createRecoveryJudge } from '../../judge/recovery-judge.ts';
import type { Millis } from '../../model/clock.ts';
import { type PreparedLab, step } from '../lab.ts';
import { samplePhase } from '../sample-phase.ts';

const CHECK_EVERY_MS = 25;

/** Watches until the hypothesis has held again for `stable`, and measures from the rollback when it began to. */
export async function recovery(lab: PreparedLab): Promise<void> {
  const event = await watch(lab, lab.experiment.phases.recovery.within, 'Wait until the steady state is back');
  if (event === undefined) return;
  lab.book.recovered(event.recovered, event.detail);
  lab.emit(event);
}

/** What did not heal in its time has been told; here is what users see of it. */
export async function lookAtUnhealed(lab: PreparedLab): Promise<void> {
  await watch(lab, lab.experiment.phases.recovery.stable, 'See what stays broken');
}

async function watch(lab: PreparedLab, within: Millis, title: string): Promise<JudgedRecovery['event'] | undefined> {
  const { phases, confidence } = lab.experiment;
  const { stable } = phases.recovery;
  const rolledBackAt = Math.max(...lab.faults.map((it) => it.rolledBackAt ?? 0));
  // Showing that a fault is gone may take longer than `within`, and nobody watched the hypothesis meanwhile.
  const startedAt = lab.clock.now();
  return step(lab, 'recovery', title, async () => {
    const judge = createRecoveryJudge(lab.experiment.hypothesis, stable);
    // The last stretch that is in time may begin at `within`; its answers take as long as they may.
    const deadline = startedAt + within + stable + slowestAnswer(lab);
    const last = startedAt + within - lab.epoch;
    const found: { since?: Millis | undefined; judged?: JudgedRecovery } = {};
    await samplePhase(lab, {
      phase: 'recovery',
      plannedMs: within + stable,
      declaredMs: stable,
      onSamples: judge.add,
      until: async () => {
        while (found.since === undefined && lab.clock.now() < deadline && !judge.isRefuted(last)) {
          await lab.clock.sleep(CHECK_EVERY_MS, lab.signal);
          found.since = judge.stableSince(lab.clock.now() - lab.epoch);
        }
      },
      judge: (samples, doubtMs) => {
        found.judged = judgeRecovery({
          phases,
          confidence,
          doubtMs,
          rolledBackMs: rolledBackAt - lab.epoch,
          startedMs: startedAt - lab.epoch,
          since: found.since !== undefined && found.since <= last ? found.since : undefined,
          samples,
          baseline: lab.book.results,
        });
        return found.judged.results;
      },
    });
    return found.judged?.event;
  });
}

function slowestAnswer(lab: PreparedLab): Millis {
  const probes = lab.experiment.hypothesis.filter((it) => it.during.includes('recovery'));
  return Math.max(0, ...probes.map((it) => Math.min(it.http.timeout, it.expect.within ?? it.http.timeout)));
}
