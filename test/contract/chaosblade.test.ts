import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Blade } from '../../src/sandbox/blade-operator/blade.ts';
import { callApi } from '../helpers/api-request.ts';
import { bindKubectl, findKubectls } from '../helpers/kubectl.ts';
import type { Kubectl } from '../helpers/kubectl.ts';
import { startTestSandbox } from '../helpers/start-sandbox.ts';
import type { TestSandbox } from '../helpers/start-sandbox.ts';
import { until } from '../helpers/until.ts';

const [binary] = findKubectls();
const RESOURCE = 'chaosblades.chaosblade.io';
const PATH = '/apis/chaosblade.io/v1alpha1/chaosblades';

let sandbox: TestSandbox;
let kubectl: Kubectl;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  if (binary) kubectl = await bindKubectl(binary.path, sandbox.kubeconfigPath);
});

afterAll(async () => {
  await kubectl?.close();
  await sandbox.close();
});

describe.skipIf(binary === undefined)('kubectl and ChaosBlade', () => {
  it('finds resource, status subresource, definition, operator and tool pods', async () => {
    const resources = await kubectl(['api-resources', '--api-group', 'chaosblade.io']);
    expect(resources.stdout).toMatch(/^chaosblades +blade +chaosblade\.io\/v1alpha1 +false +ChaosBlade$/m);
    const { resources: served } = (await callApi(sandbox.api, '/apis/chaosblade.io/v1alpha1')).json as {
      resources: { name: string }[];
    };
    expect(served.map(({ name }) => name)).toEqual(['chaosblades', 'chaosblades/status']);
    expect((await kubectl(['get', 'crd', RESOURCE, '-o', 'name'])).stdout).toContain(RESOURCE);

    const image = '{.items[*].spec.containers[*].image}';
    const operator = ['get', 'pods', '-n', 'chaosblade', '-l', 'name=chaosblade-operator,part-of=chaosblade'];
    expect((await kubectl([...operator, '-o', `jsonpath=${image}`])).stdout).toMatch(/chaosblade-operator:1\.8\.0$/);
    const tools = ['get', 'pods', '-n', 'chaosblade', '-l', 'app=chaosblade-tool', '--sort-by', '.spec.nodeName'];
    const where = '{range .items[*]}{.spec.nodeName} {.status.podIP} {.spec.hostNetwork}{"\\n"}{end}';
    expect((await kubectl([...tools, '-o', `jsonpath=${where}`])).stdout.trim().split('\n')).toEqual([
      'holdfast-control-plane 127.0.0.1 true',
      'holdfast-worker 127.0.0.2 true',
      'holdfast-worker2 127.0.0.3 true',
    ]);
    expect((await kubectl(['get', 'ds', '-n', 'chaosblade'])).stdout).toMatch(/chaosblade-tool +3 +3 +3 +3 +3 +<none>/);
  });

  it('gets, describes and deletes a blade that runs', async () => {
    expect((await kubectl(['apply', '-f', '-'], blade('loss'))).stdout).toBe('chaosblade.chaosblade.io/loss created\n');
    await untilPhase('loss', 'Running');
    expect(sandbox.network.faults.armed({ kind: 'node', name: 'holdfast-worker' }, 'eth0')?.effect).toEqual({
      kind: 'loss',
      percent: 60,
    });

    const { stdout } = await kubectl(['get', 'blade', 'loss', '-o', 'json']);
    const result = { kind: 'node', identifier: '/holdfast-worker/', state: 'Success', success: true };
    expect(JSON.parse(stdout)).toMatchObject({
      metadata: { name: 'loss', finalizers: ['finalizer.chaosblade.io'], generation: 1 },
      status: {
        phase: 'Running',
        expStatuses: [
          { scope: 'node', target: 'network', action: 'loss', state: 'Success', success: true, resStatuses: [result] },
        ],
      },
    });
    expect((await kubectl(['get', 'blade'])).stdout).toMatch(/^NAME +AGE\nloss +\d+s\n$/);
    expect((await kubectl(['describe', 'blade', 'loss'])).stdout).toMatch(/Identifier: +\/holdfast-worker\//);
    expect((await kubectl(['delete', 'blade', 'loss', '--timeout', '10s'])).stdout).toBe(
      'chaosblade.chaosblade.io "loss" deleted\n',
    );
    expect(sandbox.network.faults.armed({ kind: 'node', name: 'holdfast-worker' }, 'eth0')).toBeUndefined();
  });

  it('shows why a blade with the address of a node failed', async () => {
    await kubectl(['create', '-f', '-'], blade('address', '127.0.0.2'));
    await untilPhase('address', 'Error');
    const error = ['get', 'blade', 'address', '-o', 'jsonpath={.status.expStatuses[0].error}'];
    expect((await kubectl(error)).stdout).toBe('invalid parameter `names`, can not find node');
    expect((await kubectl(['delete', 'blade', 'address', '--timeout', '10s'])).code).toBe(0);
  });

  it('hangs on a sticky Destroying until somebody takes the finalizer away', async () => {
    const off = ['create', 'configmap', 'holdfast-sandbox-chaosblade', '-n', 'chaosblade'];
    expect((await kubectl([...off, '--from-literal', 'fail-destroy=true'])).code).toBe(0);
    await kubectl(['create', '-f', '-'], blade('stuck'));
    await untilPhase('stuck', 'Running');
    await kubectl(['delete', 'blade', 'stuck', '--wait=false']);
    await untilPhase('stuck', 'Destroying');
    await kubectl(['delete', 'configmap', 'holdfast-sandbox-chaosblade', '-n', 'chaosblade']);

    const patch =
      '[{"op":"test","path":"/metadata/finalizers/0","value":"finalizer.chaosblade.io"},' +
      '{"op":"remove","path":"/metadata/finalizers/0"}]';
    expect((await kubectl(['patch', 'blade', 'stuck', '--type', 'json', '-p', patch])).code).toBe(0);
    expect((await kubectl(['get', 'blade', 'stuck'])).stderr).toContain('chaosblades.chaosblade.io "stuck" not found');
    sandbox.network.faults.disarm({ kind: 'node', name: 'holdfast-worker' }, 'eth0');
  });

  it('stops the operator by scaling it to nothing, and takes a tool pod away by a node selector', async () => {
    const scale = ['scale', 'deployment', 'chaosblade-operator', '-n', 'chaosblade', '--replicas'];
    await kubectl([...scale, '0']);
    await until('the operator to be gone', () => podCount('name', 'chaosblade-operator') === 0);
    await kubectl(['create', '-f', '-'], blade('unseen'));
    await kubectl([...scale, '1']);
    await untilPhase('unseen', 'Running');
    await kubectl(['delete', 'blade', 'unseen', '--timeout', '10s']);

    const selector = '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/hostname":"holdfast-worker2"}}}}}';
    await kubectl(['patch', 'daemonset', 'chaosblade-tool', '-n', 'chaosblade', '-p', selector]);
    await until('one tool pod', () => podCount('app', 'chaosblade-tool') === 1);
    await kubectl(['create', '-f', '-'], blade('toolless'));
    await untilPhase('toolless', 'Error');
    const error = ['get', 'blade', 'toolless', '-o', 'jsonpath={.status.expStatuses[0].resStatuses[0].error}'];
    expect((await kubectl(error)).stdout).toContain('`pods/exec`: k8s exec failed');
  });
});

describe('the API server and ChaosBlade', () => {
  const create = (spec: unknown, query = '') =>
    callApi(sandbox.api, PATH + query, {
      body: { apiVersion: 'chaosblade.io/v1alpha1', kind: 'ChaosBlade', metadata: { name: 'checked' }, spec },
    });

  it('refuses what its definition requires and does not find', async () => {
    const experiments = [{ scope: 'node', matchers: [{ name: 'names' }] }];
    const { status, json } = await create({ experiments });
    expect(status).toBe(422);
    const { causes } = json['details'] as { causes: { field: string; message: string }[] };
    expect(causes.map(({ field, message }) => `${field}: ${message}`)).toEqual(
      expect.arrayContaining([
        'spec.experiments[0].target: Required value',
        'spec.experiments[0].action: Required value',
        'spec.experiments[0].matchers[0].value: Required value',
      ]),
    );
    expect(json['message']).toContain('ChaosBlade.chaosblade.io "checked" is invalid: ');
    expect((await create({})).json['message']).toContain('spec.experiments: Required value');
  });

  it('refuses values that are no strings, as YAML makes them of numbers', async () => {
    const matchers = [{ name: 'percent', value: [60] }];
    const { status, json } = await create({ experiments: [{ scope: 'node', target: 'a', action: 'b', matchers }] });
    expect(status).toBe(422);
    expect(json['message']).toContain('spec.experiments[0].matchers[0].value[0] in body must be of type string');
  });

  it('prunes unknown fields with a warning, and refuses them when it is strict', async () => {
    const spec = { experiments: [], experimens: [] };
    const strict = await create(spec, '?fieldValidation=Strict');
    expect([strict.status, strict.json['message']]).toEqual([
      400,
      expect.stringContaining('unknown field "spec.experimens"'),
    ]);
    const pruned = await create(spec);
    expect(pruned.status).toBe(201);
    expect(pruned.headers['warning']).toContain('unknown field \\"spec.experimens\\"');
    expect(pruned.json['spec']).toEqual({ experiments: [] });
    await callApi(sandbox.api, `${PATH}/checked`, { method: 'DELETE' });
  });

  it('keeps status to its own path and asks for expStatuses in it', async () => {
    const { json } = await create({ experiments: [] });
    const wrong = { ...json, status: { phase: 'Destroyed', expStatuses: null } };
    const put = (path: string, body: unknown) =>
      callApi(sandbox.api, `${PATH}/checked${path}`, { method: 'PUT', body });
    expect((await put('', { ...json, status: { phase: 'Running', expStatuses: [] } })).json['status']).toBeUndefined();
    const refused = await put('/status', wrong);
    expect(refused.status).toBe(422);
    expect(refused.json['message']).toContain('status.expStatuses in body must be of type array: "null"');
    const absent = await put('/status', { ...json, status: { phase: 'Destroyed' } });
    expect(absent.json['message']).toContain('status.expStatuses: Required value');
    await callApi(sandbox.api, `${PATH}/checked`, { method: 'DELETE' });
  });
});

describe('a sandbox', () => {
  it('without ChaosBlade serves no such resource', async () => {
    const without = await startTestSandbox({ scenario: 'empty' });
    try {
      expect((await callApi(without.api, PATH)).status).toBe(404);
      expect(without.store.list('pods', 'chaosblade')).toEqual([]);
    } finally {
      await without.close();
    }
  });

  it('with ChaosBlade 0.8 says so by its image, and speaks like it', async () => {
    const old = await startTestSandbox({ scenario: 'empty', chaosblade: '0.8' });
    try {
      const [operator] = old.store
        .list('pods', 'chaosblade')
        .filter(({ metadata }) => metadata.labels?.['name'] === 'chaosblade-operator');
      expect(JSON.stringify(operator?.['spec'])).toContain('/chaosblade-operator:0.8.0"');
      const experiments = [{ scope: 'node', target: 'network', action: 'loss' }];
      const metadata = { name: 'loss' };
      await callApi(old.api, PATH, {
        body: { apiVersion: 'chaosblade.io/v1alpha1', kind: 'ChaosBlade', metadata, spec: { experiments } },
      });
      const error = await until('an error', () => {
        const found = old.store.get(RESOURCE, undefined, 'loss') as Blade | undefined;
        return found?.status?.expStatuses?.[0]?.error;
      });
      expect(error).toBe('must specify one flag in evict-count,evict-percent,labels,names');
    } finally {
      await old.close();
    }
  });
});

function podCount(label: string, value: string): number {
  return sandbox.store.list('pods', 'chaosblade').filter(({ metadata }) => metadata.labels?.[label] === value).length;
}

function untilPhase(name: string, phase: string): Promise<boolean> {
  return until(`${name} ${phase}`, () => {
    const found = sandbox.store.get(RESOURCE, undefined, name) as Blade | undefined;
    return found?.status?.phase === phase;
  });
}

function blade(name: string, node = 'holdfast-worker'): string {
  return `apiVersion: chaosblade.io/v1alpha1
kind: ChaosBlade
metadata:
  name: ${name}
spec:
  experiments:
  - scope: node
    target: network
    action: loss
    matchers:
    - {name: names, value: [${node}]}
    - {name: interface, value: [eth0]}
    - {name: percent, value: ["60"]}
    - {name: local-port, value: ["31188"]}
`;
}
