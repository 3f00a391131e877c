import type { Millis } from '../model/clock.ts';
import type { CliffPoint, CliffVerdict, PointProbe } from '../model/conclusion.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { ExperimentRecord } from '../model/run-record.ts';
import type { Verdict } from '../model/verdict.ts';

/** What the run of an experiment under a delay has shown. */
export function pointOf(delay: Millis, { head, verdict, reasons, phases }: ExperimentRecord): CliffPoint {
  const before = phases.baseline?.results ?? [];
  const results = (phases.fault?.results ?? []).filter((it) => it.verdict !== 'skipped');
  return {
    delay,
    experiment: head.name,
    verdict: cliffVerdict(verdict),
    why: reasons[0] ?? '',
    probes: results.map((it) =>
      probeOf(
        it,
        before.find(({ probe }) => probe === it.probe),
      ),
    ),
  };
}

function cliffVerdict(verdict: Verdict | undefined): CliffVerdict {
  if (verdict === 'passed') return 'holds';
  return verdict === 'failed' ? 'fails' : 'open';
}

function probeOf({ probe, samples, latency, statuses, errors }: ProbeResult, before?: ProbeResult): PointProbe {
  return {
    probe,
    samples,
    ...(latency && { latency: { min: latency.min, p50: latency.p50, max: latency.max } }),
    ...(before?.latency && { unhurried: before.latency.min }),
    statuses,
    errors,
  };
}
