import { judgeProbe } from '../../judge/judge-probe.ts';
import type { Millis } from '../../model/clock.ts';
import { type FaultRun, type PreparedLab, step } from '../lab.ts';
import { proveFault } from '../prove.ts';
import { samplePhase } from '../sample-phase.ts';
import type { StopWatch } from '../stop-watch.ts';
import { takeBackEarly } from '../take-back.ts';
import { checkBeforeEarlyEnd, lastLook, watchFaults } from '../watch-faults.ts';
import { injectFault } from './inject.ts';

/** Watches the hypothesis while the faults are in; those with a time of their own come and go inside the phase. */
export async function faultPhase(lab: PreparedLab, watch: StopWatch): Promise<void> {
  const { confidence, phases } = lab.experiment;
  const plannedMs = phases.fault;
  await step(lab, 'fault', 'Watch under the fault', async () => {
    const broken = new AbortController();
    const over = new AbortController();
    const inPhase = { ...lab, signal: AbortSignal.any([lab.signal, broken.signal]) };
    const end = lab.clock.now() + plannedMs;
    const schedules = lab.faults.map(async (it) => keepSchedule(inPhase, it, end));
    for (const it of schedules) it.catch((error: unknown) => broken.abort(error));
    watch.phaseBegins();
    const looking = watchFaults(lab, AbortSignal.any([lab.signal, over.signal])).catch(() => undefined);
    try {
      await samplePhase(inPhase, {
        phase: 'fault',
        plannedMs,
        declaredMs: plannedMs,
        ...watch.ears,
        until: async () => lab.clock.sleep(end - lab.clock.now(), inPhase.signal),
        judge: (all, doubtMs) =>
          [...all].map(([probe, samples]) => judgeProbe({ probe, phase: 'fault', samples, confidence, doubtMs })),
      });
    } catch (error) {
      broken.abort(error);
      throw error;
    } finally {
      over.abort();
      await Promise.allSettled([...schedules, looking]);
    }
    await lastLook(lab);
  });
}

/** Injects a fault at its time inside the phase, and takes it back when its own time is over before the phase is. */
async function keepSchedule(lab: PreparedLab, run: FaultRun, end: Millis): Promise<void> {
  const { startAfter, duration } = run.fault;
  const start = end - lab.experiment.phases.fault + startAfter;
  if (run.injected === undefined) {
    await lab.clock.sleep(start - lab.clock.now(), lab.signal);
    await injectFault(lab, run);
    await proveFault(lab, run, end);
  }
  if (duration === undefined || start + duration >= end) return;
  await lab.clock.sleep(start + duration - lab.clock.now(), lab.signal);
  await checkBeforeEarlyEnd(lab, run);
  await takeBackEarly(lab, run, end);
}
