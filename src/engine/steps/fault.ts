import { judgeProbe } from '../../judge/judge-probe.ts';
import type { Millis } from '../../model/clock.ts';
import { type FaultRun, type PreparedLab, step } from '../lab.ts';
import { proveFault } from '../prove.ts';
import { samplePhase } from '../sample-phase.ts';
import { takeBackEarly } from '../take-back.ts';
import { checkFaults, watchFaults } from '../watch-faults.ts';
import { injectFault } from './inject.ts';

/** Watches the hypothesis while the faults are in; those with a time of their own come and go inside the phase. */
export async function faultPhase(lab: PreparedLab): Promise<void> {
  const plannedMs = lab.experiment.phases.fault;
  await step(lab, 'fault', 'Watch under the fault', async () => {
    const over = new AbortController();
    const end = lab.clock.now() + plannedMs;
    const schedules = lab.faults.map(async (it) => keepSchedule(lab, it, end));
    const watch = watchFaults(lab, AbortSignal.any([lab.signal, over.signal]));
    const broken = Promise.all(schedules).then(async () => new Promise<never>(() => undefined));
    try {
      await samplePhase(lab, {
        phase: 'fault',
        plannedMs,
        declaredMs: plannedMs,
        until: async () => Promise.race([lab.clock.sleep(end - lab.clock.now(), lab.signal), broken]),
        judge: (probe, samples) => judgeProbe({ probe, phase: 'fault', samples }),
      });
    } finally {
      over.abort();
      await Promise.allSettled([...schedules, watch]);
    }
    await checkFaults(lab);
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
  await takeBackEarly(lab, run);
}
