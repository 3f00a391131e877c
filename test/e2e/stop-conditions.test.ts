import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/model/event.ts';
import { runCommandLine, startCommandLine } from '../helpers/command-line.ts';
import { startTestSandbox, type TestSandbox } from '../helpers/start-sandbox.ts';

const experiments = resolve(import.meta.dirname, '../fixtures/e2e/stop-conditions/experiments.yaml');

/** Of the condition (50 ms), 100 ms as is promised, and what a busy machine may add. */
const TO_ROLLBACK_MS = 50 + 100 + 1000;

interface Told {
  readonly name: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly durationMs: number;
}

let sandbox: TestSandbox;
let cluster: readonly string[];
let before: unknown;
let run: {
  readonly code: number | null;
  readonly told: readonly Told[];
  readonly events: readonly JournalEvent[];
  readonly junit: string;
  /** As `holdfast report` makes it. */
  readonly again: string;
};

beforeAll(async () => {
  sandbox = await startTestSandbox();
  cluster = ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context];
  before = rules();
  const line = await startCommandLine(['run', experiments, ...cluster]);
  const { code } = await line.ended;
  const { folder } = line;
  const { experiments: told } = JSON.parse(await readFile(join(folder, 'reports/report.json'), 'utf8')) as {
    experiments: readonly Told[];
  };
  const junit = await readFile(join(folder, 'reports/junit.xml'), 'utf8');
  await runCommandLine(['report', 'latest', '--output', join(folder, 'reports'), '--reporter', 'junit']);
  const again = await readFile(join(folder, 'reports/junit.xml'), 'utf8');
  run = { code, told, events: await line.events(), junit, again };
}, 120_000);
afterAll(async () => sandbox.close());

function rules(): unknown {
  return sandbox.store
    .list('virtualservices.networking.istio.io', 'default')
    .map(({ metadata, ...rest }) => JSON.stringify([metadata.name, metadata.labels, metadata.annotations, rest]))
    .toSorted();
}

function told(name: string): Told {
  const found = run.told.find((it) => it.name === name);
  if (found === undefined) throw new Error(`nothing is told of ${name}`);
  return found;
}

function eventsOf(name: string): readonly JournalEvent[] {
  return run.events.filter((it) => 'experiment' in it && it.experiment === name);
}

describe('a stop condition on the sandbox', () => {
  it('ends an outage for everybody, and says by what', () => {
    const { verdict, reasons, durationMs } = told('an-outage-for-everybody');
    expect(reasons[0]).toMatch(
      /^stopped after .* of 1m by "nobody gets a page": good requests < 50%: .* \(\d+ of \d+\) in the last 4s$/,
    );
    expect(verdict).toBe('failed');
    expect(durationMs).toBeLessThan(30_000);
  });

  it('takes every fault back that was in, and never injects the one that was to come', () => {
    const events = eventsOf('an-outage-for-everybody');
    const undone = events.flatMap((it) => (it.type === 'fault-undone' && it.undone ? it.fault : []));
    expect(undone.toSorted()).toEqual(['no details', 'productpage down']);
    expect(events.some((it) => it.type === 'recovered' && it.recovered)).toBe(true);
  });

  it('sees requests that hang, and cuts them off instead of awaiting them', () => {
    const { verdict, reasons, durationMs } = told('requests-that-hang');
    expect(reasons[0]).toMatch(/by "users wait": p50 latency > 2s: .* of which had no answer/);
    expect(verdict).toBe('failed');
    expect(durationMs).toBeLessThan(30_000);
  });

  it.each(['an-outage-for-everybody', 'requests-that-hang'])('begins to roll %s back at once', (name) => {
    const events = eventsOf(name);
    const aborted = events.find((it) => it.type === 'aborted');
    const rollback = events.find((it) => it.type === 'step-started' && it.step === 'rollback');
    const at = aborted?.type === 'aborted' ? aborted.stopped.at : Number.NaN;
    expect((rollback?.t ?? Number.NaN) - at).toBeLessThan(TO_ROLLBACK_MS);
  });

  it('keeps a fault out of a system that is in a bad state already', () => {
    const { verdict, reasons, durationMs } = told('an-outage-before-the-fault');
    expect(reasons[0]).toContain('into the baseline, with nothing injected, by "the shop is closed": status 4xx > 50%');
    expect(verdict).toBe('inconclusive');
    expect(durationMs).toBeLessThan(9_000);
    expect(eventsOf('an-outage-before-the-fault').some((it) => it.type === 'fault-injected')).toBe(false);
  });

  it('is a case of its own in JUnit, and the same again when reports are made from the journal', () => {
    expect(run.junit).toMatch(/name="abort: nobody gets a page"[^]*?<failure message="stopped after/);
    expect(run.code).toBe(1);
    expect(run.again).toBe(run.junit);
  });

  it('leaves every VirtualService as it was, also when a Ctrl-C follows it', async () => {
    expect(rules()).toEqual(before);
    const line = await startCommandLine(['run', `${experiments}:3`, ...cluster]);
    await line.reached('the stop', (event) => event.type === 'aborted');
    line.process.kill('SIGINT');
    expect((await line.ended).code).toBe(130);
    expect(rules()).toEqual(before);
  });
});
