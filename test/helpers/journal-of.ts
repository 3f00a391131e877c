import { askedOf } from '../../src/model/asked.ts';
import type { ExperimentHead, JournalEvent } from '../../src/model/event.ts';
import { EXIT } from '../../src/model/exit-code.ts';
import type { Experiment } from '../../src/model/experiment.ts';
import { createFakeRun, type FakeRun } from './run-fake.ts';

/** The journal of one experiment in a fake world, with what a test makes go wrong in it; written and read again. */
export async function journalOf(
  experiment: Experiment,
  prepare: (run: FakeRun) => void = () => undefined,
): Promise<readonly JournalEvent[]> {
  const run = createFakeRun();
  const head = headOf(experiment);
  const target = { kind: 'cluster', context: 'test', server: 'https://127.0.0.1' } as const;
  const events: JournalEvent[] = [
    {
      t: 0,
      type: 'run-started',
      schemaVersion: 1,
      runId: '20260102-030405-abcd',
      startedAt: '2026-01-02T03:04:05.000Z',
      version: '0.1.0',
      target,
      experiments: [head],
    },
  ];
  prepare(run);
  const { onEvent } = run;
  run.onEvent = (event) => {
    const whole = event.type === 'experiment-started' ? { ...event, head } : event;
    events.push({ t: run.clock.now(), experiment: experiment.name, ...whole });
    onEvent?.(event);
  };
  await run.run(experiment);
  events.push({ t: run.clock.now(), type: 'run-ended', exitCode: EXIT.ok, durationMs: run.clock.now() });
  return events.map((event) => JSON.parse(JSON.stringify(event)) as JournalEvent);
}

function headOf(experiment: Experiment): ExperimentHead {
  const { name, description, namespace, labels, phases, hypothesis, faults, source } = experiment;
  return {
    name,
    description,
    namespace,
    labels,
    phases,
    file: source.file,
    line: source.line,
    probes: hypothesis.map((it) => ({ name: it.name, line: it.line, during: it.during })),
    faults: faults.map((it) => ({ name: it.name, line: it.line, driver: it.spec.driver, title: it.name })),
    asked: askedOf(experiment),
  };
}
