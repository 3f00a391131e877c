import { isSteady } from '../../judge/is-steady.ts';
import { judgeProbe } from '../../judge/judge-probe.ts';
import { type PreparedLab, step } from '../lab.ts';
import type { StopWatch } from '../stop-watch.ts';
import { proofsAreSilent } from '../silent-proofs.ts';
import { samplePhase } from '../sample-phase.ts';

/**
 * Watches the hypothesis without a fault, and asks the proof probes meanwhile. Resolves with whether it held and no
 * proof was positive; otherwise nothing may be injected.
 */
export async function baseline(lab: PreparedLab, { ears }: StopWatch): Promise<boolean> {
  return step(lab, 'baseline', 'Watch the steady state', async () => {
    const { confidence, phases } = lab.experiment;
    const plannedMs = phases.baseline;
    const silent = proofsAreSilent(lab);
    // Its failure is thrown below, when nothing is under way any more.
    silent.catch(() => undefined);
    const results = await samplePhase(lab, {
      phase: 'baseline',
      plannedMs,
      declaredMs: plannedMs,
      ...ears,
      until: async () => lab.clock.sleep(plannedMs, lab.signal),
      judge: (all, doubtMs) =>
        [...all].map(([probe, samples]) => judgeProbe({ probe, phase: 'baseline', samples, confidence, doubtMs })),
    });
    return (await silent) && results.length > 0 && results.every(isSteady);
  });
}
