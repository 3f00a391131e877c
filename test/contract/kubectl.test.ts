import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandboxApi } from '../helpers/sandbox-api.ts';
import type { SandboxApi } from '../helpers/sandbox-api.ts';
import { bindKubectl, findKubectls } from '../helpers/kubectl.ts';
import type { Kubectl } from '../helpers/kubectl.ts';
import { until } from '../helpers/until.ts';

const binaries = findKubectls();
const REAL_CLUSTER = process.env['HOLDFAST_TEST_KUBECONFIG'];
const ratings = virtualService('ratings', 'v1');

describe.skipIf(binaries.length > 0)('kubectl', () => {
  it.skip('is not tested: no kubectl on PATH and none named in HOLDFAST_TEST_KUBECTL', () => {});
});

describe.each(binaries)('kubectl $version', ({ path, version }) => {
  const namespace = `contract-${version.replace('.', '-')}`;
  let sandbox: SandboxApi | undefined;
  let kubectl: Kubectl;

  beforeAll(async () => {
    sandbox = REAL_CLUSTER ? undefined : await startSandboxApi();
    const kubeconfig = REAL_CLUSTER ?? sandbox?.kubeconfigPath ?? '';
    const admin = await bindKubectl(path, kubeconfig);
    expect(await admin(['create', 'namespace', namespace])).toMatchObject({ code: 0 });
    await admin.close();
    kubectl = await bindKubectl(path, kubeconfig, ['--namespace', namespace]);
  });

  afterAll(async () => {
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    await kubectl.close();
    await sandbox?.close();
  });

  it('lists the resources with short names and categories', async () => {
    const { stdout } = await kubectl(['api-resources', '--api-group', 'networking.istio.io']);
    expect(stdout).toMatch(/^virtualservices +vs +networking\.istio\.io\/v1 +true +VirtualService$/m);
    expect(stdout).toMatch(/^destinationrules +dr /m);
    const named = await kubectl(['api-resources', '-o', 'name', '--categories', 'all']);
    expect(named.stdout.split('\n')).toEqual(expect.arrayContaining(['pods', 'services', 'deployments.apps']));
  });

  it('applies an object: created, unchanged, configured, and shows it in every format', async () => {
    expect((await kubectl(['apply', '-f', '-'], ratings)).stdout).toBe(`${vs('ratings')} created\n`);
    expect((await kubectl(['apply', '-f', '-'], ratings)).stdout).toBe(`${vs('ratings')} unchanged\n`);
    const changed = await kubectl(['apply', '-f', '-'], virtualService('ratings', 'v2'));
    expect(changed.stdout).toBe(`${vs('ratings')} configured\n`);

    expect((await kubectl(['get', 'vs'])).stdout).toMatch(
      /^NAME +GATEWAYS +HOSTS +AGE\nratings +\["ratings"\] +\d+s\n$/,
    );
    expect((await kubectl(['get', 'vs', 'ratings', '-o', 'wide'])).stdout).toContain('ratings');
    const subset = '{.spec.http[0].route[0].destination.subset}';
    expect((await kubectl(['get', 'vs', 'ratings', '-o', `jsonpath=${subset}`])).stdout).toBe('v2');
    expect((await kubectl(['get', 'vs', 'ratings', '-o', 'yaml'])).stdout).toContain('kind: VirtualService');
    const json: unknown = JSON.parse((await kubectl(['get', 'vs', '-o', 'json'])).stdout);
    expect(json).toMatchObject({ kind: 'List', items: [{ metadata: { name: 'ratings', generation: 2 } }] });
    expect((await kubectl(['get', 'vs', '-o', 'name'])).stdout).toBe(`${vs('ratings')}\n`);
  });

  it('serves one object in each version of its group', async () => {
    await kubectl(['apply', '-f', '-'], ratings);
    for (const served of ['v1', 'v1beta1', 'v1alpha3']) {
      const { stdout } = await kubectl([
        'get',
        `virtualservices.${served}.networking.istio.io`,
        'ratings',
        '-o',
        'yaml',
      ]);
      expect(stdout).toMatch(new RegExp(`^apiVersion: networking.istio.io/${served}$`, 'm'));
    }
  });

  it('refuses a misspelt field by its path, when an object is new and when it changes', async () => {
    const wrong = virtualService('misspelt', 'v1').replace('subset', 'subsett');
    const refused = await kubectl(['apply', '-f', '-'], wrong);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'strict decoding error: unknown field "spec.http[0].route[0].destination.subsett"',
    );
    expect((await kubectl(['apply', '-f', '-'], virtualService('misspelt', 'v1'))).code).toBe(0);
    const changed = await kubectl(['apply', '-f', '-'], wrong);
    expect(changed.stderr).toContain('unknown field "spec.http[0].route[0].destination.subsett"');
  });

  it('applies a workload: strategic patches keep lists that are keyed by name', async () => {
    expect((await kubectl(['apply', '-f', '-'], deployment('web', 'one'))).stdout).toBe(
      'deployment.apps/web created\n',
    );
    expect((await kubectl(['apply', '-f', '-'], deployment('web', 'two'))).stdout).toContain('configured');
    const sidecar = '{"spec":{"template":{"spec":{"containers":[{"name":"sidecar","image":"sidecar:1"}]}}}}';
    expect((await kubectl(['patch', 'deployment', 'web', '-p', sidecar])).code).toBe(0);
    expect((await kubectl(['set', 'image', 'deployment/web', 'web=web:three'])).code).toBe(0);
    const images = await kubectl(['get', 'deploy', 'web', '-o', 'jsonpath={.spec.template.spec.containers[*].image}']);
    expect(images.stdout.split(' ').sort()).toEqual(['sidecar:1', 'web:three']);
    expect((await kubectl(['scale', 'deploy', 'web', '--replicas', '0'])).stdout).toBe('deployment.apps/web scaled\n');
    expect((await kubectl(['get', 'deploy', 'web'])).stdout).toMatch(
      /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/0 /,
    );
  });

  it('shows with diff what an apply would change, and changes nothing', async () => {
    await kubectl(['apply', '-f', '-'], deployment('compared', 'one'));
    expect(await kubectl(['diff', '-f', '-'], deployment('compared', 'one'))).toMatchObject({ code: 0, stdout: '' });
    const { code, stdout } = await kubectl(['diff', '-f', '-'], deployment('compared', 'two'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^-\s+- image: web:one$/m);
    expect(stdout).toMatch(/^\+\s+- image: web:two$/m);
    const image = await kubectl([
      'get',
      'deploy',
      'compared',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].image}',
    ]);
    expect(image.stdout).toBe('web:one');
  });

  it('applies on the server side: twice, against the field of another manager, and by force', async () => {
    const apply = ['apply', '--server-side', '-f', '-'];
    expect((await kubectl(apply, configMap('owned', 'one'))).stdout).toBe('configmap/owned serverside-applied\n');
    expect((await kubectl(apply, configMap('owned', 'one'))).code).toBe(0);
    const other = await kubectl([...apply, '--field-manager', 'other'], configMap('owned', 'two'));
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('Apply failed with 1 conflict: conflict with "kubectl"');
    expect(other.stderr).toContain('.data.value');
    const forced = await kubectl(
      [...apply, '--field-manager', 'other', '--force-conflicts'],
      configMap('owned', 'two'),
    );
    expect(forced.code).toBe(0);
    expect((await kubectl(['get', 'cm', 'owned', '-o', 'jsonpath={.data.value}'])).stdout).toBe('two');
  });

  it('takes over on the server side what was applied by the client', async () => {
    await kubectl(['apply', '-f', '-'], virtualService('taken', 'v1'));
    const done = { code: 0, stdout: `${vs('taken')} serverside-applied\n` };
    expect(await kubectl(['apply', '--server-side', '-f', '-'], virtualService('taken', 'v1'))).toMatchObject(done);
    expect(await kubectl(['apply', '--server-side', '-f', '-'], virtualService('taken', 'v2'))).toMatchObject(done);
    const subset = ['get', 'vs', 'taken', '-o', 'jsonpath={.spec.http[0].route[0].destination.subset}'];
    expect((await kubectl(subset)).stdout).toBe('v2');
  });

  it('labels, annotates and patches a custom resource, but not strategically', async () => {
    await kubectl(['apply', '-f', '-'], virtualService('patched', 'v1'));
    expect((await kubectl(['label', 'vs', 'patched', 'team=red'])).stdout).toBe(`${vs('patched')} labeled\n`);
    expect((await kubectl(['label', 'vs', 'patched', 'team=blue'])).stderr).toContain('already has a value (red)');
    expect((await kubectl(['annotate', 'vs', 'patched', 'note=x'])).code).toBe(0);
    const merge = '{"spec":{"hosts":["merged"]}}';
    expect((await kubectl(['patch', 'vs', 'patched', '--type', 'merge', '-p', merge])).code).toBe(0);
    const json =
      '[{"op":"test","path":"/spec/hosts/0","value":"merged"},{"op":"replace","path":"/spec/hosts/0","value":"x"}]';
    expect((await kubectl(['patch', 'vs', 'patched', '--type', 'json', '-p', json])).code).toBe(0);
    expect((await kubectl(['patch', 'vs', 'patched', '--type', 'json', '-p', json])).code).toBe(1);
    const strategic = await kubectl(['patch', 'vs', 'patched', '--type', 'strategic', '-p', merge]);
    expect(strategic.stderr).toContain('application/strategic-merge-patch+json is not supported');
    expect((await kubectl(['get', 'vs', '-l', 'team in (red,green)', '-o', 'name'])).stdout).toBe(`${vs('patched')}\n`);
  });

  it('refuses to replace an object from a stale copy', async () => {
    await kubectl(['create', '-f', '-'], configMap('replaced', 'one'));
    const stale = (await kubectl(['get', 'cm', 'replaced', '-o', 'yaml'])).stdout;
    await kubectl(['label', 'cm', 'replaced', 'touched=yes']);
    const refused = await kubectl(['replace', '-f', '-'], stale);
    expect(refused.stderr).toContain('the object has been modified');
    const again = await kubectl(['create', '-f', '-'], configMap('replaced', 'one'));
    expect(again.stderr).toContain('configmaps "replaced" already exists');
  });

  it('creates what typed commands send, which is protobuf from 1.32 on', async () => {
    const made = await kubectl(['create', 'configmap', 'literal', '--from-literal', 'key=value']);
    expect(made.stdout).toBe('configmap/literal created\n');
    expect((await kubectl(['get', 'cm', 'literal', '-o', 'jsonpath={.data.key}'])).stdout).toBe('value');
    expect((await kubectl(['create', 'serviceaccount', 'robot'])).code).toBe(0);
    const role = [
      'create',
      'role',
      'reader',
      '--verb',
      'get,list',
      '--resource',
      'virtualservices.networking.istio.io',
    ];
    expect((await kubectl(role)).code).toBe(0);
    const binding = ['create', 'rolebinding', 'robots', '--role', 'reader', '--serviceaccount', `${namespace}:robot`];
    expect((await kubectl(binding)).code).toBe(0);
    const robot = ['--as', `system:serviceaccount:${namespace}:robot`];
    expect((await kubectl(['auth', 'can-i', 'list', 'vs', ...robot])).stdout).toBe('yes\n');
    expect((await kubectl(['auth', 'can-i', 'delete', 'vs', ...robot])).stdout).toBe('no\n');
    expect((await kubectl(['get', 'vs', ...robot])).code).toBe(0);
    const refused = await kubectl(['delete', 'vs', 'ratings', ...robot]);
    expect(refused.stderr).toContain(
      `virtualservices.networking.istio.io "ratings" is forbidden: User "system:serviceaccount:${namespace}:robot" ` +
        `cannot delete resource "virtualservices" in API group "networking.istio.io" in the namespace "${namespace}"`,
    );
    expect((await kubectl(['auth', 'can-i', 'create', 'deployments'])).stdout).toBe('yes\n');
  });

  it('deletes only what is named or selected', async () => {
    for (const name of ['keep', 'drop']) await kubectl(['create', '-f', '-'], configMap(name, name));
    await kubectl(['label', 'cm', 'drop', 'gone=soon']);
    expect((await kubectl(['delete', 'cm', '-l', 'gone=never'])).stdout).toBe('No resources found\n');
    expect((await kubectl(['delete', 'cm', '-l', 'gone=soon'])).stdout).toContain('"drop" deleted');
    expect((await kubectl(['get', 'cm', 'keep', '-o', 'name'])).stdout).toBe('configmap/keep\n');
    expect((await kubectl(['delete', 'cm', 'drop'])).stderr).toContain('configmaps "drop" not found');
    expect((await kubectl(['delete', 'cm', 'drop', '--ignore-not-found'])).code).toBe(0);
    expect((await kubectl(['delete', 'cm', 'keep', '--dry-run=server'])).code).toBe(0);
    expect((await kubectl(['get', 'cm', 'keep'])).code).toBe(0);
  });

  it('waits with delete until the last finalizer is gone', async () => {
    const held = configMap('held', 'x').replace('name: held', 'name: held\n  finalizers: [holdfast.dev/test]');
    await kubectl(['create', '-f', '-'], held);
    const timedOut = await kubectl(['delete', 'cm', 'held', '--timeout', '400ms']);
    expect(timedOut.code).toBe(1);
    expect(timedOut.stderr).toContain('timed out waiting for the condition');
    const waiting = kubectl(['delete', 'cm', 'held', '--ignore-not-found', '--timeout', '10s']);
    const release = '[{"op":"remove","path":"/metadata/finalizers"}]';
    expect((await kubectl(['patch', 'cm', 'held', '--type', 'json', '-p', release])).code).toBe(0);
    expect(await waiting).toMatchObject({ code: 0 });
  });

  it('follows changes with get -w and waits for what an object becomes', async () => {
    await kubectl(['create', '-f', '-'], configMap('watched', 'one'));
    const watch = kubectl.start(['get', 'cm', 'watched', '-w', '-o', 'jsonpath={.data.value}{"\\n"}']);
    try {
      await until('the first value', () => watch.output() === 'one\n');
      await kubectl(['create', '-f', '-'], configMap('unwatched', 'other'));
      await kubectl(['patch', 'cm', 'watched', '--type', 'merge', '-p', '{"data":{"value":"two"}}']);
      await until('the change', () => watch.output() === 'one\ntwo\n');
    } finally {
      watch.stop();
    }
    const waiting = kubectl(['wait', 'cm/watched', '--for', 'jsonpath={.data.value}=three', '--timeout', '10s']);
    await kubectl(['patch', 'cm', 'watched', '--type', 'merge', '-p', '{"data":{"value":"three"}}']);
    expect((await waiting).stdout).toBe('configmap/watched condition met\n');
    const gone = kubectl(['wait', 'cm/watched', '--for', 'delete', '--timeout', '10s']);
    await kubectl(['delete', 'cm', 'watched']);
    expect(await gone).toMatchObject({ code: 0 });
  });

  it('describes objects and explains their fields', async () => {
    await kubectl(['apply', '-f', '-'], virtualService('described', 'v7'));
    const { stdout } = await kubectl(['describe', 'vs', 'described']);
    expect(stdout).toMatch(/^Name: +described$/m);
    expect(stdout).toMatch(/Subset: +v7/);
    expect((await kubectl(['explain', 'vs.spec.http.fault.delay'])).stdout).toContain('fixedDelay');
  });
});

function vs(name: string): string {
  return `virtualservice.networking.istio.io/${name}`;
}

function virtualService(name: string, subset: string): string {
  return `apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata:
  name: ${name}
spec:
  hosts: [${name}]
  http:
  - route:
    - destination: {host: ${name}, subset: ${subset}}
`;
}

function deployment(name: string, tag: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - image: web:${tag}
        name: web
        ports: [{containerPort: 8080}]
`;
}

function configMap(name: string, value: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  value: ${value}
`;
}
