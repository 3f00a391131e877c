import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';
import { startTestSandbox, type TestSandbox } from '../helpers/start-sandbox.ts';

const experiments = resolve(import.meta.dirname, '../fixtures/e2e/verdicts/experiments.yaml');

interface Told {
  readonly name: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
}
interface Suite {
  readonly name: string;
  readonly failures: string;
  readonly errors: string;
}

let sandbox: TestSandbox;
let before: unknown;
let run: { readonly code: number | null; readonly told: readonly Told[]; readonly suites: readonly Suite[] };

beforeAll(async () => {
  sandbox = await startTestSandbox();
  before = rules();
  const cluster = ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context];
  const { code, folder } = await runCommandLine(['run', experiments, ...cluster, '--workers', '4']);
  const report = await readFile(join(folder, 'reports/report.json'), 'utf8');
  const junit = await readFile(join(folder, 'reports/junit.xml'), 'utf8');
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
  const { testsuites } = parser.parse(junit) as { testsuites: { testsuite: readonly Suite[] } };
  const { experiments: told } = JSON.parse(report) as { experiments: readonly Told[] };
  run = { code, told, suites: testsuites.testsuite };
}, 180_000);
afterAll(async () => sandbox.close());

/** What a run must give back byte for byte. */
function rules(): unknown {
  return sandbox.store
    .list('virtualservices.networking.istio.io', 'default')
    .map(({ metadata, ...rest }) => JSON.stringify([metadata.name, metadata.labels, metadata.annotations, rest]))
    .sort();
}

describe('experiments side by side in one world', () => {
  it.each([
    'a-delay-below-the-timeout',
    'a-slow-refusal',
    'a-refusal-at-the-gateway',
    'a-fault-that-is-slowly-shown-to-be-gone',
    'a-fault-for-a-user-whom-no-probe-watches',
  ])('%s passes', (name) => {
    expect(run.told.find((it) => it.name === name)).toMatchObject({ verdict: 'passed', reasons: [] });
  });

  it.each([
    ['a-fault-aside-of-the-hypothesis', 'fault "aside" hit no request of the fault phase'],
    ['a-fault-that-comes-too-late', 'fault "late" hit no request of the fault phase'],
    ['a-proof-by-another-fault', 'fault "borrowed" hit no request of the fault phase'],
    [
      'a-proof-that-is-always-true',
      'fault "unprovable" was not injected: its proof probe is positive without the fault',
    ],
  ])('%s proves nothing, and says why', (name, reason) => {
    const told = run.told.find((it) => it.name === name);
    expect(told?.reasons.join()).toContain(reason);
    expect(told?.verdict).toBe('inconclusive');
  });

  it('end with one exit code, and with something red in JUnit for each that is not green', () => {
    expect(run.code).toBe(4);
    const red = run.suites.filter((it) => Number(it.failures) + Number(it.errors) > 0).map((it) => it.name);
    expect(red.sort()).toEqual(run.told.flatMap((it) => (it.verdict === 'passed' ? [] : it.name)).sort());
  });

  it('leave every VirtualService as it was', () => {
    expect(rules()).toEqual(before);
  });
});
