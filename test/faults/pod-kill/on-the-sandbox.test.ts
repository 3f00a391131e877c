import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { DriverContext } from '../../../src/faults/driver.ts';
import { createPodKillDriver } from '../../../src/faults/pod-kill/pod-kill-driver.ts';
import type { PodKillFaultSpec } from '../../../src/model/fault.ts';
import { anExperiment } from '../../helpers/an-experiment.ts';
import { readyPods, scale } from '../../helpers/bookinfo-world.ts';
import { kill, named } from '../../helpers/kill-world.ts';
import { sandboxContext } from '../../helpers/sandbox-context.ts';
import { startTestSandbox, type TestSandbox } from '../../helpers/start-sandbox.ts';
import { until } from '../../helpers/until.ts';

let sandbox: TestSandbox;
let cluster: Cluster;
let context: DriverContext;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  context = await sandboxContext(sandbox);
  cluster = context.cluster;
});
afterAll(async () => {
  await cluster.close();
  await sandbox.close();
});

const labelled = (labels: Readonly<Record<string, string>>) => ({ kind: 'labels', labels }) as const;

async function planned(spec: Partial<PodKillFaultSpec>) {
  const driver = createPodKillDriver();
  const fault = kill({ gracePeriod: 0, allowAllReplicas: true, ...spec });
  const ready = await driver.preflight('r1', fault, anExperiment({ faults: [fault] }), context);
  expect(ready.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { driver, ready, handle: ready.handle };
}

async function scaledTo(name: string, app: string, replicas: number): Promise<void> {
  const others = readyPods(sandbox, app).filter(({ metadata }) => !metadata.name.startsWith(`${name}-`)).length;
  scale(sandbox, name, replicas);
  await until(`${replicas} pods of ${name}`, () => readyPods(sandbox, app).length === others + replicas);
}

const uidsOf = (app: string) => readyPods(sandbox, app).map(({ metadata }) => metadata.uid);

describe('a pod kill on the sandbox', () => {
  it('kills the ratings pod; its Deployment brings another', async () => {
    const before = uidsOf('ratings');
    const { driver, ready, handle } = await planned({ select: labelled({ app: 'ratings' }) });
    const injected = await driver.inject(ready, context);
    expect((await driver.observe(handle, injected, context)).state).toBe('active');
    // On a busy machine it may have brought the other one already.
    const { detail } = await driver.verifyGone(handle, injected, context);
    expect(detail).toMatch(/Deployment default\/ratings-v1 has [01] of 1 ready replicas/);
    const gone = await until('it has healed', async () => {
      const seen = await driver.verifyGone(handle, injected, context);
      return seen.state === 'gone' && seen;
    });
    expect(gone.tookMs).toBeGreaterThan(0);
    expect(uidsOf('ratings')).toHaveLength(1);
    expect(uidsOf('ratings')).not.toEqual(before);
  });

  it('kills all pods of reviews v2 and no other', async () => {
    await scaledTo('reviews-v2', 'reviews', 2);
    const select = labelled({ app: 'reviews', version: 'v2' });
    const { driver, ready, handle } = await planned({ select, take: { kind: 'all' } });
    expect(ready.plan.targets).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/^Pod default\/reviews-v2-\S+ \(2 of 2 ready replicas/)),
    );
    const before = readyPods(sandbox, 'reviews');
    const others = before.filter(({ metadata }) => metadata.labels?.['version'] !== 'v2');
    const injected = await driver.inject(ready, context);
    const spared = uidsOf('reviews').filter((uid) => before.some((pod) => pod.metadata.uid === uid));
    expect(spared).toEqual(others.map(({ metadata }) => metadata.uid));
    await until('v2 has healed', async () => (await driver.verifyGone(handle, injected, context)).state === 'gone');
    expect(uidsOf('reviews')).toHaveLength(4);
    await scaledTo('reviews-v2', 'reviews', 1);
  });

  it('waits for a pod that takes its time to end, and calls it terminating', async () => {
    const select = labelled({ app: 'details' });
    const { driver, ready, handle } = await planned({ select, gracePeriod: undefined });
    const injected = await driver.inject(ready, context);
    const { state, detail } = await driver.observe(handle, injected, context);
    expect(state).toBe('active');
    expect(detail).toMatch(/^(?:gone: details-v1-\S+|details-v1-\S+ is terminating on node holdfast-worker2?)$/);
    await until(
      'details has healed',
      async () => (await driver.verifyGone(handle, injected, context)).state === 'gone',
    );
  });

  it('kills again and again, another pod each time, and stops', async () => {
    await scaledTo('details-v1', 'details', 2);
    const spec = { select: labelled({ app: 'details' }), every: 1000 };
    const { driver, ready, handle } = await planned(spec);
    const stop = new AbortController();
    const injected = await driver.inject(ready, context);
    const kept = driver.keepUp?.(ready, { ...context, signal: stop.signal }).catch(() => undefined);
    await until('a second round', async () => {
      const { detail } = await driver.observe(handle, injected, context);
      return detail.includes('2 rounds so far');
    });
    stop.abort();
    await kept;
    const healed = await until('both are back', async () => {
      const seen = await driver.verifyGone(handle, injected, context);
      return seen.state === 'gone' && seen;
    });
    expect(healed.detail).toContain('all 2 killed pods are gone');
    await scaledTo('details-v1', 'details', 1);
  });

  it('spares a pod that took over the name between the look and the deletion', async () => {
    const [old] = readyPods(sandbox, 'details');
    if (old === undefined) throw new Error('no details pod');
    const { name } = old.metadata;
    const { ready, driver } = await planned({ select: named(name) });
    const { ownerReferences, labels } = old.metadata;
    const newcomer: { uid?: string } = {};
    const remove: Cluster['remove'] = async (...call) => {
      sandbox.store.remove('pods', 'default', name);
      const metadata = { name, namespace: 'default', ownerReferences, labels };
      newcomer.uid ??= sandbox.store.create('pods', { ...old, metadata }).metadata.uid;
      await cluster.remove(...call);
    };
    const injection = driver.inject(ready, { ...context, cluster: { ...cluster, remove } });
    await expect(injection).rejects.toThrow(`Pod ${name} is not running`);
    expect(sandbox.store.get('pods', 'default', name)?.metadata).toMatchObject({ uid: newcomer.uid });
    expect(sandbox.store.get('pods', 'default', name)?.metadata.deletionTimestamp).toBeUndefined();
  });
});
