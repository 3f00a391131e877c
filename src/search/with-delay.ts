import type { Millis } from '../model/clock.ts';
import { formatDuration } from '../model/duration.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Fault, FaultSpec } from '../model/fault.ts';
import type { Expectation, ProofProbe } from '../model/hypothesis.ts';
import type { Threshold } from '../model/threshold.ts';

export interface DelayTrial {
  /** Name of the fault whose delay is set. */
  readonly fault: string;
  readonly delay: Millis;
  /** How many runs under this delay there were before. */
  readonly earlier: number;
  /** Requests of each probe under the fault. */
  readonly samples: number;
}

/** Fewest requests of a probe before and after the fault, and the least time for them. */
const STEADY = 2;
const SHORTEST_MS = 500;

/**
 * The experiment under another delay, with phases as short as that many requests allow. A run that repeats another takes
 * the file's own phases where they are longer. What the file says under `expected` does not count.
 */
export function withDelay(experiment: Experiment, trial: DelayTrial): Experiment {
  const { expected: _, faults, ...rest } = experiment;
  const { fault: name, delay, earlier } = trial;
  const time = formatDuration(delay);
  return {
    ...rest,
    name: `${experiment.name} (delay ${time}${earlier === 0 ? '' : `, run ${earlier + 1}`})`,
    phases: phasesOf(experiment, trial),
    faults: faults.map((fault, index) =>
      fault.name === name ? delayed(fault, delay, faults.toSpliced(index, 1)) : fault,
    ),
  };
}

/** The delay that a fault has in the file; undefined for faults that delay nothing. */
export function delayOf(spec: FaultSpec): Millis | undefined {
  if (spec.driver === 'istio') return spec.delay?.fixedDelay;
  const isDelay = spec.driver === 'chaosblade' && spec.target === 'network' && spec.action === 'delay';
  return isDelay ? Number(spec.flags['time']) : undefined;
}

function delayed(fault: Fault, delay: Millis, others: readonly Fault[]): Fault {
  // The phase is the fault's own.
  const { proof: written, duration: _, spec, ...rest } = fault;
  const proof = written && scaledProof(written, delay, delayOf(spec) ?? delay);
  const timed = { ...rest, startAfter: 0 };
  if (spec.driver === 'istio' && spec.delay !== undefined) {
    const late = { ...timed, spec: { ...spec, delay: { ...spec.delay, fixedDelay: delay } } };
    // Proxies count what they delay, however short the delay, but not for each fault of a service.
    const isAlone = others.every((it) => it.spec.driver !== 'istio' || it.spec.service !== spec.service);
    return proof === undefined || isAlone ? late : { ...late, proof };
  }
  if (spec.driver !== 'chaosblade') return fault;
  // Of packets only requests can tell.
  return { ...timed, spec: { ...spec, flags: { ...spec.flags, time: String(delay) } }, ...(proof && { proof }) };
}

/**
 * A proof that wants answers to be late wants them as late as the new delay makes them, and nothing else: what is too
 * late for somebody on the way may come as an error.
 */
function scaledProof(proof: ProofProbe, delay: Millis, written: Millis): ProofProbe {
  const lower = Object.entries(proof.expect.latency ?? {}).filter(([, limit]) => isLower(limit));
  if (lower.length === 0) return proof;
  const scaled = lower.map(([stat, limit]) => [stat, scaledLimit(limit, delay, written)]);
  return { ...proof, expect: { latency: Object.fromEntries(scaled) as Expectation['latency'] & {} } };
}

function isLower(limit: Threshold): boolean {
  return limit.kind === 'compare' && (limit.op === '>=' || limit.op === '>');
}

function scaledLimit(limit: Threshold, delay: Millis, written: Millis): Threshold {
  if (limit.kind !== 'compare') return limit;
  const value = Math.min(limit.value, (limit.value * delay) / written, 0.95 * delay);
  return { ...limit, value, text: `${limit.op} ${formatDuration(Math.round(value))}` };
}

function phasesOf(
  { phases, hypothesis, faults }: Experiment,
  { fault, earlier, samples }: DelayTrial,
): Experiment['phases'] {
  const long = (count: number): Millis =>
    Math.max(
      SHORTEST_MS,
      ...hypothesis.map(({ pacing }) => (pacing.kind === 'open' ? (count * 1000) / pacing.perSecond : 0)),
    );
  const others = faults.filter((it) => it.name !== fault);
  // Other faults come and go at their times in the file's own phase.
  const asWritten = others.some((it) => it.startAfter > 0 || it.duration !== undefined);
  const short = { baseline: Math.min(phases.baseline, long(STEADY)), fault: long(samples) };
  const written = { baseline: phases.baseline, fault: Math.max(phases.fault, long(2 * samples)) };
  const { baseline, fault: underFault } = earlier === 0 ? short : written;
  const stable = Math.min(phases.recovery.stable, long(STEADY));
  return {
    baseline,
    fault: asWritten ? Math.max(phases.fault, underFault) : underFault,
    recovery: { ...phases.recovery, stable },
  };
}
