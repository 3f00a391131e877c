import type { ExperimentRecord, FaultRecord } from '../../model/run-record.ts';
import { proofOf, tellReasons } from '../../model/proof.ts';
import { formatMillis } from '../format.ts';
import { notRun } from './phase-cases.ts';
import type { JunitCase } from './suite.ts';

/** `inject: <fault>` and `rollback: <fault>` for each declared fault. */
export function faultCases(experiment: ExperimentRecord): {
  readonly inject: JunitCase[];
  readonly rollback: JunitCase[];
} {
  const pairs = experiment.head.faults.map((head) => {
    const record = experiment.faults.find((fault) => fault.name === head.name);
    return {
      inject: injectCase(`inject: ${head.name}`, record, experiment),
      rollback: rollbackCase(`rollback: ${head.name}`, record, experiment),
    };
  });
  return { inject: pairs.map((pair) => pair.inject), rollback: pairs.map((pair) => pair.rollback) };
}

function injectCase(name: string, fault: FaultRecord | undefined, experiment: ExperimentRecord): JunitCase {
  const failed = experiment.steps.find((step) => step.step === 'inject' && step.error !== undefined)?.error;
  if (fault === undefined || !fault.injected) {
    if (failed === undefined) return notRun(name, experiment);
    return {
      name,
      durationMs: 0,
      outcome: { kind: 'error', message: failed.message, detail: failed.hint ?? '' },
      output: [],
    };
  }
  const output = [...fault.targets.map((target) => `target: ${target}`), ...fault.evidence];
  if (fault.proven === true) {
    const time = fault.timeToEffectMs === undefined ? [] : [`time to effect: ${formatMillis(fault.timeToEffectMs)}`];
    return { name, durationMs: fault.timeToEffectMs ?? 0, outcome: { kind: 'passed' }, output: [...output, ...time] };
  }
  const why = fault.explanation === undefined ? [] : tellReasons(fault.explanation);
  const detail = [...why, ...fault.evidence].join('\n');
  return { name, durationMs: 0, outcome: { kind: 'error', message: unprovenMessage(fault, why), detail }, output };
}

function unprovenMessage(fault: FaultRecord, [why]: readonly string[]): string {
  const reason = why === undefined ? '' : `; ${why}`;
  switch (proofOf(fault)) {
    case 'contradicted':
      return `contradicted: the fault was injected and seen not to act: ${fault.explanation?.contradiction}${reason}`;
    case 'not-proven':
      return `the fault was injected but not shown to bite${reason}`;
    default:
      return 'stopped before the fault was proven';
  }
}

function rollbackCase(name: string, fault: FaultRecord | undefined, experiment: ExperimentRecord): JunitCase {
  if (fault === undefined || (!fault.injected && fault.undone === undefined)) return notRun(name, experiment);
  const output = fault.timeToGoneMs === undefined ? [] : [`time to gone: ${formatMillis(fault.timeToGoneMs)}`];
  if (fault.undone === true) {
    return { name, durationMs: fault.timeToGoneMs ?? 0, outcome: { kind: 'passed' }, output };
  }
  const detail = [...fault.evidence, ...fault.manual.map((command) => `by hand: ${command}`)].join('\n');
  return {
    name,
    durationMs: 0,
    outcome: { kind: 'error', message: 'the fault was not shown to be gone', detail },
    output,
  };
}
