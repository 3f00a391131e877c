import type { Phase } from '../../model/phase.ts';
import type { ProbeResult } from '../../model/probe-result.ts';
import type { ExperimentRecord } from '../../model/run-record.ts';
import { probeLine } from '../probe-line.ts';
import type { JunitCase } from './suite.ts';

/** One case for each probe that is declared for the phase, run or not. */
export function phaseCases(experiment: ExperimentRecord, phase: Phase): JunitCase[] {
  return experiment.head.probes
    .filter((probe) => probe.during.includes(phase))
    .map((probe) => {
      const record = experiment.phases[phase];
      const result = record?.results.find((one) => one.probe === probe.name);
      const name = `${phase}: ${probe.name}`;
      if (result === undefined) return notRun(name, experiment);
      return {
        name,
        durationMs: record?.durationMs ?? 0,
        outcome: outcomeOf(result, experiment, `${experiment.head.file}:${probe.line}`),
        output: [probeLine(result)],
      };
    });
}

/** A case that never ran, with why. */
export function notRun(name: string, experiment: ExperimentRecord): JunitCase {
  const message = `not run: ${experiment.reasons[0] ?? 'the run ended before it'}`;
  return { name, durationMs: 0, outcome: { kind: 'skipped', message, detail: '' }, output: [message] };
}

function outcomeOf(result: ProbeResult, experiment: ExperimentRecord, where: string): JunitCase['outcome'] {
  if (result.verdict === 'passed') return { kind: 'passed' };
  const message = result.reasons[0] ?? result.verdict;
  const detail = [...result.reasons, probeLine(result), where].join('\n');
  if (result.verdict === 'skipped') return { kind: 'skipped', message, detail };
  // A phase that was stopped decides less than it could have; the stop has a case of its own.
  if (wasCutShort(result, experiment))
    return { kind: 'skipped', message: `stopped before its end: ${message}`, detail };
  if (experiment.verdict === 'known-weakness' && result.verdict === 'failed') {
    return {
      kind: 'skipped',
      message: `known weakness: ${experiment.head.expected?.because ?? ''} (${message})`,
      detail,
    };
  }
  // A baseline that does not hold says nothing about resilience: the environment is not ready, which is an error.
  const hypothesisBroken = result.verdict === 'failed' && result.phase !== 'baseline';
  return { kind: hypothesisBroken ? 'failure' : 'error', message, detail };
}

function wasCutShort({ phase, verdict }: ProbeResult, { stopped }: ExperimentRecord): boolean {
  if (verdict !== 'inconclusive' || stopped === undefined) return false;
  return phase === stopped.stage;
}
