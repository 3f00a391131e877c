import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../src/cli/doctor/check.ts';
import { runCli } from '../../src/cli/program.ts';
import type { SeenRequest } from '../../src/sandbox/api-server/intervention/intervene.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { type RightsWorld, grantRightsOf } from '../helpers/rights-world.ts';
import { startTestSandbox, type TestSandbox } from '../helpers/start-sandbox.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { testIo } from '../helpers/test-io.ts';

const gallery = resolve(import.meta.dirname, '../../experiments');
const VS = 'virtualservices.networking.istio.io';

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function doctor(flags: readonly string[]): Promise<Told> {
  const io = testIo();
  await runCli(['doctor', ...flags], io);
  return { code: io.exitCode(), out: io.out(), err: io.err() };
}

async function checks(flags: readonly string[]) {
  const { code, out } = await doctor([...flags, '-o', 'json']);
  const told = JSON.parse(out) as { ok: boolean; checks: (Check & { page?: string })[] };
  return { code, ok: told.ok, checks: told.checks, of: (what: string) => told.checks.filter((it) => it.what === what) };
}

describe('holdfast doctor on a cluster where all is well', () => {
  let sandbox: TestSandbox;
  let seen: SeenRequest[];
  let flags: string[];
  beforeAll(async () => {
    seen = [];
    sandbox = await startTestSandbox({ intervene: (request) => void seen.push(request) });
    flags = ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context];
  });
  afterAll(async () => sandbox.close());

  it('says so in one line a check, and ends with 0', async () => {
    const { code, out } = await doctor(flags);
    expect(code, out).toBe(0);
    for (const what of [
      'API server',
      'clock',
      'Istio',
      'control plane',
      'validation',
      'sidecars in default',
      'leftovers',
    ]) {
      expect(out).toMatch(new RegExp(`^ok +${what} `, 'm'));
    }
    expect(out).toMatch(/^ok +Istio +Istio 1\.24\.0; VirtualServices are served as v1\.$/m);
    expect(out).toMatch(/^ok +ingress default\/bookinfo-gateway +HEAD \/ is answered with 404 at http:/m);
    expect(out).toMatch(/^Experiments can run on holdfast-sandbox: 0 errors, 0 warnings, 0 not looked at, \d+ ok\.$/m);
  });

  it('touches nothing: it gets, lists and asks for its rights', async () => {
    const kinds = [VS, 'pods', 'leases.coordination.k8s.io', 'chaosblades.chaosblade.io'];
    const state = () => JSON.stringify(kinds.map((kind) => sandbox.store.list(kind)));
    const before = state();
    seen.length = 0;
    expect((await doctor([gallery, ...flags])).code).toBe(0);
    const asked = new Set(seen.map(({ verb, resource, path }) => `${verb} ${resource === '' ? path : resource}`));
    const reviews = 'create selfsubjectaccessreviews.authorization.k8s.io';
    expect([...asked].filter((it) => !/^(?:get|list) /.test(it))).toEqual([reviews]);
    expect(asked.size).toBeGreaterThan(10);
    expect(state()).toBe(before);
  });

  it('tells machines the same, with the page of each code', async () => {
    const { ok, checks: all } = await checks(flags);
    expect(ok).toBe(true);
    expect(new Set(all.map(({ level }) => level))).toEqual(new Set(['ok']));
  });

  it('looks at the preflight of the experiments it is given', async () => {
    const fault = '    - name: f\n      abort: {service: productpage, httpStatus: 503}';
    const file = join(tempFolder({ 'x.yaml': experimentText({ fault }) }), 'x.yaml');
    const { code, checks: all } = await checks([file, ...flags]);
    const own = all.filter(({ what }) => what.startsWith('experiment '));
    expect(own).toMatchObject([
      { level: 'warning', code: 'GATEWAY_UNTOUCHED', page: 'docs/findings.md#GATEWAY_UNTOUCHED' },
    ]);
    expect(code).toBe(0);
  });

  it('ends with 3 when the preflight of an experiment has an error', async () => {
    const fault = '    - name: f\n      abort: {service: nobody, httpStatus: 503}';
    const file = join(tempFolder({ 'x.yaml': experimentText({ fault }) }), 'x.yaml');
    const { code, out } = await doctor([file, ...flags]);
    expect(code).toBe(3);
    expect(out).toMatch(/^error +experiment \S+ +There is no Service default\/nobody/m);
    expect(out).toContain('see docs/findings.md#NO_SERVICE');
  });

  it('ends with 2 for a file with a mistake and for a context nobody named, having asked nothing', async () => {
    seen.length = 0;
    const file = join(tempFolder({ 'x.yaml': 'kind: Experiment' }), 'x.yaml');
    expect((await doctor([file, ...flags])).code).toBe(2);
    const nameless = await doctor(['--kubeconfig', sandbox.kubeconfigPath]);
    expect([nameless.code, nameless.err]).toEqual([2, expect.stringContaining('CONTEXT_MISSING')]);
    expect((await doctor(['--sandbox', '--context', 'x'])).code).toBe(2);
    expect(seen).toEqual([]);
  });
});

describe('holdfast doctor on a cluster that is not well', () => {
  let sandbox: TestSandbox;
  let flags: string[];
  beforeAll(async () => {
    sandbox = await startTestSandbox();
    flags = ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context];
    const { store } = sandbox;
    const details = store.get(VS, 'default', 'details');
    const ratings = store.get(VS, 'default', 'ratings');
    if (details === undefined || ratings === undefined) throw new Error('no Bookinfo');
    const mark = (object: typeof details, metadata: object) =>
      store.update(VS, { ...object, metadata: { ...object.metadata, ...metadata, resourceVersion: undefined } });
    mark(details, { labels: { 'holdfast.dev/run': '20260101-000000-dead' } });
    mark(ratings, { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:x' } });
    store.remove('gateways.networking.istio.io', 'default', 'bookinfo-gateway');
    store.remove('deployments.apps', 'istio-system', 'istiod');
    for (const webhook of store.list('validatingwebhookconfigurations.admissionregistration.k8s.io'))
      store.remove('validatingwebhookconfigurations.admissionregistration.k8s.io', undefined, webhook.metadata.name);
    store.remove('daemonsets.apps', 'chaosblade', 'chaosblade-tool');
    const space = store.get('namespaces', undefined, 'default');
    if (space !== undefined) {
      const labels = { ...space.metadata.labels, 'istio.io/rev': 'canary' };
      store.update('namespaces', { ...space, metadata: { ...space.metadata, labels } });
    }
  });
  afterAll(async () => sandbox.close());

  it('says what is wrong, what to do, and where it is explained, and ends with 3', async () => {
    const { code, ok, of } = await checks(flags);
    expect([code, ok]).toEqual([3, false]);
    expect(of('leftovers')).toMatchObject([
      {
        level: 'error',
        code: 'LEFTOVERS_FOUND',
        detail: 'Dead runs left their marks on VirtualService default/details (run 20260101-000000-dead).',
        hint: expect.stringContaining('holdfast recover --kubeconfig'),
        page: 'docs/findings.md#LEFTOVERS_FOUND',
      },
    ]);
    expect(of('control plane')).toMatchObject([{ level: 'warning', code: 'CONTROL_PLANE_UNSEEN' }]);
    expect(of('validation')).toMatchObject([{ level: 'warning', code: 'VALIDATION_OFF' }]);
    expect(of('ingress')).toMatchObject([{ level: 'warning', code: 'NO_GATEWAY' }]);
    expect(of('sidecars in default')).toMatchObject([{ level: 'warning', code: 'INJECTION_CONFLICT' }]);
    expect(of('ChaosBlade tool')).toMatchObject([{ level: 'warning', code: 'TOOL_MISSING' }]);
    expect(of('owners of rules')).toMatchObject([
      { level: 'warning', code: 'OWNED', where: 'VirtualService default/ratings' },
    ]);
  });

  it('says that the API server does not answer, and that nothing else was looked at', async () => {
    const config = 'apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "https://127.0.0.1:9"}}]\n';
    const folder = tempFolder({
      k: `${config}users: [{name: u, user: {token: t}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n`,
    });
    const { code, checks: all } = await checks(['--kubeconfig', join(folder, 'k'), '--context', 'x']);
    expect(code).toBe(3);
    expect(all.map(({ what, level }) => [what, level])).toEqual([
      ['API server', 'error'],
      ['everything else', 'not-looked-at'],
      ['open files', expect.any(String)],
    ]);
    expect(all[0]).toMatchObject({ code: 'API_UNREACHABLE', page: 'docs/errors.md#API_UNREACHABLE' });
  });
});

describe('holdfast doctor with few rights', () => {
  let world: RightsWorld;
  beforeAll(async () => {
    world = await grantRightsOf('istio');
  });
  afterAll(async () => world.close());

  it('names the part of deploy/rbac.yaml that is missing for each kind of fault', async () => {
    const { code, of } = await checks(world.flags);
    expect(code).toBe(0);
    expect(of('rights: every run')).toMatchObject([{ level: 'ok' }]);
    expect(of('rights: delay and abort')).toMatchObject([{ level: 'ok' }]);
    expect(of('rights: podKill')).toMatchObject([
      {
        level: 'warning',
        code: 'DRIVER_RIGHTS',
        detail: expect.stringMatching(/^This identity may not delete pods\. Not granted: .*get deployments/),
        hint: expect.stringContaining('ClusterRole holdfast-pod-kill'),
      },
    ]);
    expect(of('rights: ChaosBlade')).toMatchObject([{ detail: expect.stringContaining('create chaosblades') }]);
  });

  it('takes it for an error where an experiment needs it', async () => {
    const { code, of } = await checks([join(gallery, 'pods/kill-a-ratings-pod.yaml'), ...world.flags]);
    expect(code).toBe(3);
    expect(of('rights: podKill')).toMatchObject([{ level: 'error', code: 'NO_RIGHTS' }]);
    expect(of('experiment kill-a-ratings-pod')[0]).toMatchObject({ level: 'error', code: 'NO_RIGHTS' });
  });

  it.each([
    ['list pods', ['sidecars', 'control plane', 'ChaosBlade']],
    ['list virtualservices', ['owners of rules', 'leftovers']],
    ['list leases', ['marks and locks of runs']],
    ['list gateways', ['ingress']],
    ['list namespaces', ['injection labels']],
    ['list validatingwebhookconfigurations', ['validation']],
  ])('without %s does not call well what it may not look at', async (right, unseen) => {
    await world.without(right);
    const { of } = await checks(world.flags);
    for (const what of unseen) {
      const [first] = of(what);
      expect([what, first?.level]).toEqual([what, 'not-looked-at']);
      expect(first?.detail).toMatch(/may not|cannot/);
    }
  });
});
