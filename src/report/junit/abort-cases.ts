import { describeStop } from '../../model/describe-stop.ts';
import type { ExperimentRecord } from '../../model/run-record.ts';
import type { Stopped } from '../../model/stop-condition.ts';
import { notRun } from './phase-cases.ts';
import type { JunitCase } from './suite.ts';

/** `abort: <name>` for each stop condition that is declared: a failure where it came true. */
export function abortCases(experiment: ExperimentRecord): JunitCase[] {
  const { head, stopped, phases } = experiment;
  return (head.abortWhen ?? []).map(({ name: condition, line }) => {
    const name = `abort: ${condition}`;
    if (stopped?.condition === condition) {
      const outcome = outcomeOf(stopped, experiment, `${head.file}:${line}`);
      return { name, durationMs: stopped.afterMs, outcome, output: [describeStop(stopped)] };
    }
    if (phases.baseline === undefined) return notRun(name, experiment);
    return { name, durationMs: 0, outcome: { kind: 'passed' }, output: [] };
  });
}

function outcomeOf(stopped: Stopped, { verdict, head }: ExperimentRecord, where: string): JunitCase['outcome'] {
  const message = describeStop(stopped);
  const detail = `${message}\n${where}`;
  if (verdict === 'known-weakness')
    return { kind: 'skipped', message: `known weakness: ${head.expected?.because ?? ''} (${message})`, detail };
  // Without a fault it says nothing about resilience.
  return { kind: stopped.stage === 'baseline' ? 'error' : 'failure', message, detail };
}
