import { describe, expect, it } from 'vitest';
import { createChaosBladeDriver } from '../../../src/faults/chaosblade/chaosblade-driver.ts';
import type { Experiment } from '../../../src/model/experiment.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../../src/model/fault.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import {
  bladeExperiment,
  bladeFault,
  operatorPods,
  podDelay,
  podDelete,
  podOn,
  workloads,
} from '../../helpers/blade-world.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { FAKE_RESOURCES } from '../../helpers/fake-resources.ts';
import { nodeStatus } from '../../helpers/scripted-operator.ts';

const driver = createChaosBladeDriver();
const proof = { http: {}, expect: {} } as NonNullable<Fault['proof']>;

interface Look {
  readonly objects?: readonly KubernetesObject[];
  readonly options?: FakeClusterOptions;
  readonly experiment?: Experiment;
  readonly forceFinalizer?: boolean;
}

async function look(fault: Fault<ChaosBladeFaultSpec>, { objects = [], options, experiment, ...more }: Look = {}) {
  const operator = objects.some(({ metadata }) => metadata.name.startsWith('chaosblade-operator'));
  const cluster = createFakeCluster([...workloads, ...(operator ? [] : operatorPods()), ...objects], options);
  const inside = experiment ?? bladeExperiment(fault);
  const context = { ...driverContext(cluster), ...more };
  const prepared = await driver.preflight('20260101-000000-abcd', fault, inside, context);
  expect(cluster.writes).toEqual([]);
  const others = prepared.findings.filter(({ code }) => code !== 'NO_PROOF_PROBE');
  return { prepared, told: others.map(({ code, message }) => `${code} ${message}`) };
}

function blade(name: string, names: string, extra: Readonly<Record<string, unknown>> = {}): KubernetesObject {
  const matchers = Object.entries({ names, interface: 'eth0' }).map(([key, value]) => ({ name: key, value: [value] }));
  const experiments = [{ scope: 'node', target: 'network', action: 'delay', matchers }];
  return {
    apiVersion: 'chaosblade.io/v1alpha1',
    kind: 'ChaosBlade',
    metadata: { name },
    spec: { experiments },
    ...extra,
  };
}

describe('a ChaosBlade fault is looked at before anything is written', () => {
  it('finds nothing wrong with a good one, and plans one resource with everything needed to undo it', async () => {
    const { prepared, told } = await look(bladeFault());
    expect(told).toEqual([]);
    const { plan } = prepared;
    expect(plan.targets).toEqual(['Node worker-1']);
    expect(plan.lockKeys).toEqual(['tc:node/worker-1/eth0']);
    expect(plan.changes).toHaveLength(1);
    expect(plan.changes[0]).toMatchObject({ verb: 'create', object: { kind: 'ChaosBlade' } });
    expect(plan.changes[0]?.diff).toContain('holdfast.dev/run: 20260101-000000-abcd');
    expect(plan.changes[0]?.diff).toContain('app.kubernetes.io/managed-by: holdfast');
    expect(plan.changes[0]?.diff).toMatch(/name: timeout\n\+ +value:\n\+ +- "52"/);
    expect(plan.undoCommands[1]).toMatch(
      /^kubectl --context fake delete blade holdfast-20260101-000000-abcd-lossy-node-/,
    );
  });

  it.each([
    ['192.168.3.13', 'worker-1', '192.168.3.13 is its InternalIP'],
    ['cnu3.192.168.3.13', 'worker-1', 'its InternalIP is 192.168.3.13'],
    ['worker-2.example.com', 'worker-2', 'its Hostname is worker-2'],
    ['wroker-2', 'worker-2', 'nearest'],
  ])('catches "can not find the nodes" early: for %s it suggests %s', async (given, meant, because) => {
    const { told } = await look(bladeFault({ select: { names: [given] } }));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`NO_NODE There is no node ${given}`);
    expect(told[0]).toContain(`Did you mean ${meant}?`);
    expect(told[0]).toContain(because);
  });

  it('does not take 192.168.3.1 for 192.168.3.13', async () => {
    const { told } = await look(bladeFault({ select: { names: ['zone.192.168.3.1'] } }));
    expect(told[0]).not.toContain('its InternalIP is');
  });

  it('wants every name to exist, since the operator skips missing ones silently', async () => {
    const { told } = await look(bladeFault({ select: { names: ['worker-1', 'worker-9'] } }));
    expect(told).toEqual([expect.stringContaining('NO_NODE There is no node worker-9')]);
  });

  it('says that the definition, or its status, is not served', async () => {
    const without = FAKE_RESOURCES.filter(({ kind }) => kind !== 'ChaosBlade');
    expect((await look(bladeFault(), { options: { resources: without } })).told[0]).toMatch(
      /^BLADE_MISSING .*not installed/,
    );
    const stale = FAKE_RESOURCES.map((it) => (it.kind === 'ChaosBlade' ? { ...it, subresources: [] } : it));
    expect((await look(bladeFault(), { options: { resources: stale } })).told[0]).toMatch(
      /^BLADE_MISSING .*without their status/,
    );
  });

  it('says that no operator is ready', async () => {
    const [operator] = operatorPods() as [KubernetesObject];
    const notReady = { ...operator, status: { phase: 'Running', conditions: [] } };
    expect((await look(bladeFault(), { objects: [notReady] })).told[0]).toMatch(/^OPERATOR_MISSING/);
  });

  it.each([
    ['0.7.0', bladeFault(), 'knows no experiments on nodes'],
    ['1.7.0', bladeFault(), 'finds no node by name'],
    ['0.8.0', bladeFault({ flags: { ...bladeFault().spec.flags, protocol: 'tcp' } }), 'has no flag protocol'],
    ['v0.8.0', bladeFault({ action: 'dns_down', flags: {}, allowWholeNode: true }), 'has no network dns_down'],
  ])('refuses what operator %s cannot do', async (version, fault, why) => {
    const { told } = await look(fault, { objects: operatorPods(version) });
    expect(told[0]).toMatch(/^OPERATOR_VERSION/);
    expect(told[0]).toContain(why);
  });

  it.each(['0.8.0', '1.7.1', '1.8.0', '1.7.5-dev'])('lets operator %s do what it can', async (version) => {
    expect((await look(bladeFault(), { objects: operatorPods(version) })).told).toEqual([]);
  });

  it('wants a ready tool pod on every target node', async () => {
    const [operator, first] = operatorPods() as [KubernetesObject, KubernetesObject];
    const both = bladeFault({ select: { names: ['worker-1', 'worker-2'] } });
    const { told } = await look(both, { objects: [operator, first] });
    expect(told).toEqual([expect.stringMatching(/^TOOL_MISSING No tool pod .* on node worker-2/)]);
    const pods = await look(podDelay({ app: 'reviews' }), { objects: [operator, first] });
    expect(pods.told).toEqual([expect.stringMatching(/^TOOL_MISSING .* worker-2/)]);
  });

  it('wants a runtime that the operator knows', async () => {
    const crio = podOn('worker-1', 'default', 'crio', { app: 'crio' }, { owner: 'x', runtime: 'cri-o' });
    expect((await look(podDelay({ app: 'crio' }), { objects: [crio] })).told[0]).toMatch(/^RUNTIME_UNKNOWN .*cri-o/);
    const old = await look(podDelay({ app: 'ratings' }), { objects: operatorPods('0.8.0') });
    expect(old.told.map((it) => it.split(' ')[0])).toEqual(['RUNTIME_UNKNOWN', 'TOOL_COPIED']);
  });

  it('resolves pods as the operator does', async () => {
    const labelled = await look(podDelay({ app: 'reviews', version: 'v2' }));
    expect(labelled.told).toEqual([]);
    expect(labelled.prepared.plan.targets).toEqual(['Pod default/reviews-v2-a', 'Pod default/reviews-v2-b']);
    expect(labelled.prepared.plan.lockKeys).toContain('tc:pod/default/reviews-v2-a/eth0');
    const some = await look(
      bladeFault({ ...podDelay({ app: 'reviews' }).spec, select: { labels: { app: 'reviews' }, percent: 34 } }),
    );
    expect(some.prepared.plan.targets[0]).toMatch(/^1 of Pod/);
    const none = await look(bladeFault({ ...podDelay({}).spec, select: { labels: { app: 'ratings' }, percent: 34 } }));
    expect(none.told[0]).toMatch(/^NO_TARGET 34% of 1 targets is rounded to none/);
  });

  it('names the pod that was meant', async () => {
    const { told } = await look(bladeFault({ ...podDelay({}).spec, select: { names: ['ratings-v1'] } }));
    expect(told).toEqual(['NO_POD There is no pod default/ratings-v1. Did you mean ratings-v1-abc?']);
    expect((await look(podDelay({ app: 'rating' }))).told[0]).toMatch(/^NO_POD No pod in namespace default/);
  });

  it('does not count on pods that are on their way out', async () => {
    const waiting = { status: { containerStatuses: [{ name: 'app', state: { waiting: {} } }] }, owner: 'x' };
    const objects = [podOn('worker-1', 'default', 'reviews-v2-c', { app: 'reviews', version: 'v2' }, waiting)];
    const { told, prepared } = await look(podDelay({ version: 'v2' }), { objects });
    expect(told).toEqual([expect.stringMatching(/^SOME_NOT_RUNNING reviews-v2-c/)]);
    expect(prepared.plan.targets).toHaveLength(2);
    const named = bladeFault({ ...podDelay({}).spec, select: { names: ['reviews-v2-c'] } });
    expect((await look(named, { objects })).told[0]).toMatch(/^POD_NOT_RUNNING/);
  });

  it('names the container that was meant', async () => {
    const flags = { time: '3000', interface: 'eth0', 'container-names': 'apps' };
    const fault = bladeFault({ scope: 'container', action: 'delay', select: { labels: { app: 'ratings' } }, flags });
    expect((await look(fault)).told[0]).toMatch(/^NO_CONTAINER .* Did you mean app\?/);
  });

  it('wants a NodePort that exists', async () => {
    const wrong = bladeFault({ flags: { ...bladeFault().spec.flags, 'local-port': '31967' } });
    const { told, prepared } = await look(wrong);
    expect(told[0]).toMatch(/^NODE_PORT_UNKNOWN No Service has NodePort 31967/);
    expect(prepared.findings[0]?.hint).toContain('31966 (istio-system/istio-ingressgateway)');
    const ssh = bladeFault({ flags: { ...bladeFault().spec.flags, 'local-port': '22' } });
    expect((await look(ssh)).told[0]).toMatch(/^PORT_NOT_PUBLISHED/);
  });

  it('looks up the NodePort of a Service, by port or name, and says which ports there are', async () => {
    const flags = { percent: '60', interface: 'eth0' };
    const ofIngress = (port: string) => ({ namespace: 'istio-system', service: 'istio-ingressgateway', port });
    for (const port of ['80', 'http2']) {
      const { told, prepared } = await look(bladeFault({ flags, nodePortOf: ofIngress(port) }));
      expect(told).toEqual([]);
      expect(prepared.fault.spec.flags).toEqual({ ...flags, 'local-port': '31966' });
      expect(prepared.plan.changes[0]?.diff).toContain('31966');
    }
    const { told, prepared } = await look(bladeFault({ flags, nodePortOf: ofIngress('443') }));
    expect(told[0]).toMatch(
      /^NODE_PORT_UNKNOWN Port 443 of Service istio-system\/istio-ingressgateway has no NodePort/,
    );
    expect(prepared.findings[0]?.hint).toContain('80 (http2) on NodePort 31966');
    const nowhere = { ...ofIngress('80'), namespace: 'default' };
    expect((await look(bladeFault({ flags, nodePortOf: nowhere }))).told[0]).toMatch(/^NODE_PORT_UNKNOWN There is no/);
  });

  it('refuses a second fault on a device', async () => {
    const running = blade('somebody-elses', 'worker-1', { status: nodeStatus(['worker-1']) });
    const { told, prepared } = await look(bladeFault(), { objects: [running] });
    expect(told[0]).toMatch(/^DEVICE_TAKEN ChaosBlade somebody-elses \(Running\) shapes eth0 of worker-1 already/);
    expect(prepared.findings[0]?.where).toBe('ChaosBlade somebody-elses');
    expect((await look(bladeFault(), { objects: [blade('new', 'worker-1')] })).told).toHaveLength(1);
    expect((await look(bladeFault(), { objects: [blade('other', 'worker-2')] })).told).toEqual([]);
    const over = blade('over', 'worker-1', { status: { phase: 'Destroyed' } });
    expect((await look(bladeFault(), { objects: [over] })).told).toEqual([]);
  });

  it('refuses two faults of one experiment on a device, unless one ends before the other starts', async () => {
    const first = { ...bladeFault({}, 'first'), proof, duration: 500 };
    const second = { ...bladeFault({ action: 'corrupt' }, 'second'), proof };
    const both = await look(second, { experiment: bladeExperiment(first, second) });
    expect(both.told[0]).toMatch(/^DEVICE_TAKEN Faults "first" and "second" both shape eth0 of worker-1/);
    const later = { ...second, startAfter: 1000 };
    expect((await look(later, { experiment: bladeExperiment(first, later) })).told).toEqual([]);
  });

  it('in a pod counts the timer of the first fault, which still fires after it was taken back', async () => {
    const first = { ...podDelay({ app: 'ratings' }, 'first'), proof, duration: 500 };
    const second = { ...podDelay({ app: 'ratings' }, 'second'), proof, startAfter: 1000 };
    expect((await look(second, { experiment: bladeExperiment(first, second) })).told[0]).toMatch(/^DEVICE_TAKEN/);
  });

  it('names each right that is missing', async () => {
    const options = { allowed: ({ verb }: { verb: string }) => verb !== 'delete' && verb !== 'patch' };
    expect((await look(bladeFault(), { options })).told).toEqual([
      'NO_RIGHTS This identity may not delete chaosblades.',
    ]);
    const force = await look(bladeFault(), { options, forceFinalizer: true });
    expect(force.told).toContain('NO_RIGHTS This identity may not patch chaosblades.');
    const pods = { allowed: ({ resource }: { resource: string }) => resource !== 'pods' };
    expect((await look(bladeFault(), { options: pods })).told).toEqual([
      'NO_RIGHTS This identity may not list pods in all namespaces.',
    ]);
  });

  it('warns early that a status is no proof', async () => {
    const codes = async (fault: Fault<ChaosBladeFaultSpec>) =>
      (await look(fault)).prepared.findings.map(({ code }) => code);
    expect(await codes(bladeFault())).toEqual(['NO_PROOF_PROBE']);
    expect(await codes({ ...bladeFault(), proof })).toEqual([]);
    expect(await codes(podDelete({ version: 'v2' }, { count: 1 }))).toEqual([]);
  });

  it('refuses to delete pods that nobody brings back, and says when every replica may go', async () => {
    const bare = podOn('worker-1', 'default', 'bare', { app: 'bare' });
    expect((await look(podDelete({ app: 'bare' }), { objects: [bare] })).told[0]).toMatch(/^UNREPLACED_POD/);
    expect((await look(podDelete({ version: 'v2' }))).told[0]).toMatch(/^NO_REPLICA_LEFT All 2 ready pods/);
    expect((await look(podDelete({ version: 'v2' }, { count: 1 }))).told).toEqual([]);
  });
});
