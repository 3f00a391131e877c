import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { startTestSandbox, type TestSandbox } from '../helpers/start-sandbox.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const root = resolve(import.meta.dirname, '../..');
const abort = join(root, 'test/fixtures/e2e/abort/experiment.yaml');
const killAll = join(root, 'experiments/pods/kill-all-reviews-v2.yaml');
const nodeLoss = join(root, 'experiments/chaosblade/node-loss-60-percent.yaml');
const KINDS = [
  'virtualservices.networking.istio.io',
  'chaosblades.chaosblade.io',
  'leases.coordination.k8s.io',
  'pods',
];

let sandbox: TestSandbox;
let cluster: readonly string[];
const everything = (): string => JSON.stringify(KINDS.map((kind) => sandbox.store.list(kind)));

beforeAll(async () => {
  sandbox = await startTestSandbox();
  cluster = ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context];
});
afterAll(async () => sandbox.close());

/** A config file whose one rule stands on line 2. */
function policy(rule: string): string {
  return join(tempFolder({ 'team.yaml': `policy:\n  ${rule}\n` }), 'team.yaml');
}

describe('a run that a rule refuses', () => {
  it.each([
    ['allowedContexts', 'allowedContexts: [staging]', abort],
    ['protectedContexts', 'protectedContexts: ["*"]', abort],
    ['allowedNamespaces', 'allowedNamespaces: [shop]', abort],
    ['protectedNamespaces', 'protectedNamespaces: [def*]', abort],
    ['maxPodShare.owner', 'maxPodShare: {owner: 50}', killAll],
    ['maxPodShare.namespace', 'maxPodShare: {namespace: 5}', killAll],
    ['maxPodShare.nodes', 'maxPodShare: {nodes: 10}', nodeLoss],
    ['allowedNamespaces', 'allowedNamespaces: [default]', nodeLoss],
    ['maxPercentage', 'maxPercentage: 99', abort],
    ['maxDuration', 'maxDuration: 999ms', abort],
    ['freeze', 'freeze: [{from: 2020-01-01, to: 2200-01-01, reason: for ever}]', abort],
    ['requiredLabels.experiment', 'requiredLabels: {experiment: {team: "*"}}', abort],
    ['requiredLabels.namespace', 'requiredLabels: {namespace: {holdfast.dev/allowed: "true"}}', abort],
    ['requiredLabels.workload', 'requiredLabels: {workload: {holdfast.dev/allowed: "true"}}', abort],
  ])('%s (%s) ends with 2, names rule and line, and touches nothing', async (name, rule, experiment) => {
    const before = everything();
    const config = policy(rule);
    const { code, stderr } = await runCommandLine(['run', experiment, '--config', config, ...cluster]);
    expect(stderr).toContain(`\`${name}\` refuses it`);
    expect(stderr).toContain(`${config}:2`);
    expect(code).toBe(2);
    expect(everything()).toBe(before);
  });

  it('by the system namespaces that are protected without a config', async () => {
    const fault = `    - name: no mesh\n      podKill: {labels: {app: istiod}, namespace: istio-system, allowAllReplicas: true}`;
    const file = join(tempFolder({ 'x.yaml': experimentText({ fault }) }), 'x.yaml');
    const { code, stderr } = await runCommandLine(['run', file, ...cluster]);
    expect(stderr).toContain('NAMESPACE_PROTECTED');
    expect(code).toBe(2);
  });

  it('is told every rule at once, and so is its plan', async () => {
    const rules =
      'maxPodShare: {owner: 50, namespace: 5}\n  requiredLabels: {workload: {ok: "1"}, namespace: {ok: "1"}}';
    const [run, plan] = await Promise.all(
      ['run', 'plan'].map(async (command) => runCommandLine([command, killAll, '--config', policy(rules), ...cluster])),
    );
    const names = ['maxPodShare.owner', 'maxPodShare.namespace', 'requiredLabels.workload', 'requiredLabels.namespace'];
    for (const name of names) {
      expect(run?.stderr).toContain(`\`${name}\` refuses it`);
      expect(plan?.stdout).toContain(`\`${name}\` refuses it`);
    }
    expect(run?.stderr).toMatch(/refused .*kill-all-reviews-v2/);
    expect(plan?.stdout).toContain('delete Pod default/reviews-v2-');
    expect([run?.code, plan?.code]).toEqual([2, 2]);
  });
});

describe('a run that all rules allow', () => {
  it('passes, also on a protected context whose very name was typed, and in a namespace that opted in', async () => {
    sandbox.store.update('namespaces', labelled(sandbox.store.get('namespaces', undefined, 'default')));
    const config = policy(
      'protectedContexts: ["*"]\n  allowedNamespaces: [default]\n  maxPercentage: 100\n  maxDuration: 1s\n  requiredLabels: {namespace: {team: "*"}}',
    );
    const args = ['run', abort, '--config', config, ...cluster];
    const wrong = await runCommandLine([...args, '--yes-context', 'prod']);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('`protectedContexts` refuses it') as string,
    });
    const right = await runCommandLine([...args, '--yes-context', sandbox.context]);
    expect(right.code, right.stderr).toBe(0);
  });

  it('does not pass with the name of another context, even where none is protected', async () => {
    const { code, stderr } = await runCommandLine(['run', abort, ...cluster, '--yes-context', 'prod']);
    expect(stderr).toContain('--yes-context names prod');
    expect(code).toBe(2);
  });
});

describe('a sandbox of its own', () => {
  it('has no context to protect and no freeze to keep, and keeps to all other rules', async () => {
    const config = policy(
      'protectedContexts: ["*"]\n  allowedContexts: []\n  freeze: [{from: 2020-01-01, to: 2200-01-01}]\n  maxPodShare: {owner: 10}',
    );
    const [allowed, refused] = await Promise.all(
      [abort, killAll].map(async (file) => runCommandLine(['plan', file, '--sandbox', '--config', config])),
    );
    expect(allowed?.code, allowed?.stdout).toBe(0);
    expect(refused).toMatchObject({ code: 2, stdout: expect.stringContaining('`maxPodShare.owner`') as string });
  });
});

describe('holdfast validate with a policy', () => {
  it('shows what the file alone gives away, at its place', async () => {
    const config = policy('maxPercentage: 50\n  maxDuration: 500ms\n  requiredLabels: {experiment: {team: "*"}}');
    const { code, stderr } = await runCommandLine(['validate', abort, '--config', config]);
    expect(stderr).toMatch(/experiment\.yaml:13:\d+ error `maxPercentage` refuses it: .*100%.* \(POLICY_REFUSED\)/);
    expect(stderr).toMatch(/experiment\.yaml:13:\d+ error `maxDuration` refuses it/);
    expect(stderr).toMatch(/experiment\.yaml:1:\d+ error `requiredLabels\.experiment` refuses it/);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`The rule: ${config}:3.`);
    expect(code).toBe(2);
  });
});

function labelled<T extends { readonly metadata: { readonly labels?: object } }>(object: T | undefined): T {
  if (object === undefined) throw new Error('no namespace');
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, team: 'a' } } };
}
