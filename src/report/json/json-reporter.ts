import type { ExperimentRecord, FaultRecord, PhaseRecord, RunRecord } from '../../model/run-record.ts';
import type { ProbeResult } from '../../model/probe-result.ts';
import { proofOf } from '../../model/proof.ts';
import type { RecoveryWatch } from '../../model/recovery.ts';
import type { FileReporter } from '../reporter.ts';

/** `report.json`: the machine's view of a run. Times are milliseconds, rounded to microseconds, and shares 0..1. */
export const jsonReporter: FileReporter = {
  name: 'json',
  file: 'report.json',
  render: (run) => `${JSON.stringify(reportOf(run), roundNumbers, 2)}\n`,
};

function reportOf(run: RunRecord) {
  return {
    schemaVersion: 1,
    runId: run.runId,
    startedAt: run.startedAt,
    target: run.target,
    seed: run.seed,
    rejudgedBy: run.rejudgedBy,
    exitCode: run.exitCode ?? null,
    interruptedBy: run.interruptedBy,
    durationMs: run.durationMs,
    conclusion: run.conclusion,
    experiments: run.experiments.map(experimentOf),
    repeats: run.repeats,
  };
}

function experimentOf(experiment: ExperimentRecord) {
  return {
    name: experiment.head.name,
    file: experiment.head.file,
    line: experiment.head.line,
    round: experiment.head.round,
    target: experiment.target,
    verdict: experiment.verdict ?? 'interrupted',
    reasons: experiment.reasons,
    before: experiment.before,
    expected: experiment.head.expected,
    durationMs: experiment.durationMs,
    overheadMs: experiment.overheadMs,
    recoveryMs: experiment.recoveryMs,
    recovery: experiment.recovery && recoveryOf(experiment, experiment.recovery),
    ingress: experiment.ingress,
    findings: experiment.findings,
    stopped: experiment.stopped,
    drift: experiment.drift,
    notes: experiment.notes,
    faults: experiment.faults.map(faultOf),
    phases: Object.fromEntries(
      Object.entries(experiment.phases).map(([phase, record]: [string, PhaseRecord]) => [
        phase,
        { durationMs: record.durationMs, runner: record.runner, probes: record.results.map(probeOf) },
      ]),
    ),
  };
}

function faultOf(fault: FaultRecord) {
  return {
    name: fault.name,
    driver: fault.driver,
    targets: fault.targets,
    proven: fault.proven ?? false,
    proof: proofOf(fault),
    explanation: fault.explanation,
    timeToEffectMs: fault.timeToEffectMs,
    undone: fault.undone ?? !fault.injected,
    timeToGoneMs: fault.timeToGoneMs,
    evidence: fault.evidence,
    manual: fault.manual.length > 0 ? fault.manual : undefined,
  };
}

/** Instants count from the write that took the last fault back. */
function recoveryOf({ head, recovered }: ExperimentRecord, { watchedFromMs, bucketMs, probes }: RecoveryWatch) {
  const { within, stable } = head.phases.recovery;
  return {
    recovered,
    withinMs: within,
    stableMs: stable,
    watchedFromMs,
    bucketMs,
    probes: probes.map(({ probe, ...rest }) => ({ name: probe, ...rest })),
  };
}

function probeOf(result: ProbeResult) {
  const { probe, phase: _phase, ...rest } = result;
  return { name: probe, ...rest };
}

function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(value < 1 ? 6 : 3)) : value;
}
