import { describe, expect, it } from 'vitest';
import { createChaosBladeDriver } from '../../../src/faults/chaosblade/chaosblade-driver.ts';
import { HoldfastError } from '../../../src/model/errors.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../../src/model/fault.ts';
import {
  bladeExperiment,
  bladeFault,
  operatorPods,
  podDelay,
  podDelete,
  workloads,
} from '../../helpers/blade-world.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import type { FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { clusterWithOperator, nodeStatus, type OperatorScript } from '../../helpers/scripted-operator.ts';

const RUN = '20260101-000000-abcd';

async function prepared(
  fault: Fault<ChaosBladeFaultSpec> = bladeFault(),
  script: OperatorScript = {},
  options: FakeClusterOptions = {},
) {
  const cluster = clusterWithOperator([...workloads, ...operatorPods()], script, options);
  const driver = createChaosBladeDriver();
  const context = driverContext(cluster);
  const ready = await driver.preflight(RUN, fault, bladeExperiment(fault), context);
  expect(ready.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const name = ready.plan.changes[0]?.object.name ?? '';
  const failure = async (work: Promise<unknown>): Promise<HoldfastError> =>
    work.then(
      () => expect.fail('it should have failed'),
      (error: unknown) => error as HoldfastError,
    );
  return { cluster, driver, context, ready, handle: ready.handle, name, script, failure };
}

/** What the operator of a version writes for a fault that hit nothing. */
function refused(error: string) {
  const experiment = { scope: 'node', target: 'network', action: 'loss', success: false, state: 'Error', error };
  return { phase: 'Error', expStatuses: [experiment] };
}

describe('injecting a ChaosBlade fault', () => {
  it('writes one resource with its marks in labels, and nothing else until the operator is through', async () => {
    const { cluster, driver, context, ready, name } = await prepared();
    const injected = await driver.inject(ready, context);
    expect(injected.baseline).toMatchObject({ names: ['Node worker-1'] });
    expect(cluster.writes.map(({ verb }) => verb)).toEqual(['create']);
    expect(cluster.writes[0]?.object).toEqual({
      apiVersion: 'chaosblade.io/v1alpha1',
      kind: 'ChaosBlade',
      metadata: {
        name,
        labels: {
          'app.kubernetes.io/managed-by': 'holdfast',
          'holdfast.dev/run': RUN,
          'holdfast.dev/fault': 'lossy-node',
        },
      },
      spec: {
        experiments: [
          {
            scope: 'node',
            target: 'network',
            action: 'loss',
            desc: 'lossy node',
            matchers: [
              { name: 'names', value: ['worker-1'] },
              { name: 'percent', value: ['60'] },
              { name: 'interface', value: ['eth0'] },
              { name: 'local-port', value: ['31966'] },
              { name: 'timeout', value: ['52'] },
            ],
          },
        ],
      },
    });
  });

  it('hits exactly the pods that were resolved', async () => {
    const { driver, context, ready } = await prepared(podDelay({ version: 'v2' }));
    const injected = await driver.inject(ready, context);
    expect(injected.baseline).toMatchObject({ names: ['Pod default/reviews-v2-a', 'Pod default/reviews-v2-b'] });
  });

  it.each([
    ['0.8', refused('can not find the nodes'), 'can not find the nodes'],
    ['1.8', refused('invalid parameter `names`, can not find node'), 'invalid parameter `names`, can not find node'],
    ['1.8', refused('`network.loss`: the handler exec not found'), '`network.loss`: the handler exec not found'],
  ])('fails in the own words of operator %s', async (_version, status, words) => {
    const { cluster, driver, context, ready, failure } = await prepared(bladeFault(), { inject: status });
    const error = await failure(driver.inject(ready, context));
    expect(error.code).toBe('INJECT_FAILED');
    expect(error.message).toContain(words);
    expect(cluster.writes).toHaveLength(1);
  });

  it('fails when only some targets worked, and says which did', async () => {
    const status = nodeStatus(['worker-1', 'worker-2']) as {
      expStatuses: [{ resStatuses: Record<string, unknown>[] }];
    };
    const [experiment] = status.expStatuses;
    const broken = {
      ...experiment.resStatuses[1],
      success: false,
      state: 'Error',
      error: 'RTNETLINK answers: File exists',
    };
    const partial = { ...status, expStatuses: [{ ...experiment, resStatuses: [experiment.resStatuses[0], broken] }] };
    const both = bladeFault({ select: { names: ['worker-1', 'worker-2'] } });
    const { driver, context, ready, failure } = await prepared(both, { inject: partial });
    const { message } = await failure(driver.inject(ready, context));
    expect(message).toContain('1 of 2 targets worked');
    expect(message).toContain('worker-2: RTNETLINK answers: File exists');
    expect(message).toContain('It did hit worker-1');
  });

  it('fails when the operator says Running but names nobody, or not everybody, or somebody else', async () => {
    const both = bladeFault({ select: { names: ['worker-1', 'worker-2'] } });
    const say = async (...names: string[]) => {
      const { driver, context, ready, failure } = await prepared(both, { inject: nodeStatus(names) });
      return (await failure(driver.inject(ready, context))).message;
    };
    expect(await say()).toContain('nothing was injected');
    expect(await say('worker-2')).toContain('it hit 1 of 2 targets; not hit: Node worker-1');
    expect(await say('worker-1', 'worker-2', 'worker-3')).toContain('it hit what was not selected: worker-3');
  });

  it('reads the statuses of operators before 0.7 too', async () => {
    const old = { uid: '057acaa47ae69363', name: 'worker-1', nodeName: 'worker-1', kind: 'node', state: 'Success' };
    const status = nodeStatus([]) as { expStatuses: [object] };
    const inject = { ...status, expStatuses: [{ ...status.expStatuses[0], resStatuses: [{ ...old, success: true }] }] };
    const { driver, context, ready } = await prepared(bladeFault(), { inject });
    expect((await driver.inject(ready, context)).baseline).toMatchObject({ names: ['Node worker-1'] });
  });

  it('says that nobody looks at the resource', async () => {
    const { driver, context, ready, failure } = await prepared(bladeFault(), { inject: 'silent' });
    expect((await failure(driver.inject(ready, context))).message).toContain('the operator has not looked at it');
  });

  it('does not wait for ever for an operator that is still at it, and writes nothing meanwhile', async () => {
    const { cluster, driver, context, ready, failure } = await prepared(bladeFault(), { inject: 'executing' });
    const { message } = await failure(driver.inject(ready, context));
    expect(message).toContain('still in phase Initialized after 25 s; it may yet inject it');
    expect(cluster.writes).toHaveLength(1);
  });

  it('takes a resource for its own whose creation was answered by a reset, and never that of somebody else', async () => {
    let lost = false;
    const lose = (): void => {
      if (lost) return;
      lost = true;
      throw new HoldfastError('API_UNREACHABLE', { message: 'reset', retryable: true });
    };
    const { cluster, driver, context, ready, name } = await prepared(bladeFault(), {}, { afterWrite: lose });
    await driver.inject(ready, context);
    expect(cluster.has('ChaosBlade', { name })).toBe(true);
    const taken = await prepared();
    taken.cluster.put({ apiVersion: 'chaosblade.io/v1alpha1', kind: 'ChaosBlade', metadata: { name: taken.name } });
    const error = await taken.failure(taken.driver.inject(taken.ready, taken.context));
    expect(error.message).toContain('exists and is not ours');
  });

  it('says what the API server refuses', async () => {
    const refuse = (): void => {
      throw new HoldfastError('API_REFUSED', { message: 'spec.experiments: Required value', status: 422 });
    };
    const { driver, context, ready, failure } = await prepared(bladeFault(), {}, { beforeWrite: refuse });
    const error = await failure(driver.inject(ready, context));
    expect([error.code, error.message]).toEqual(['INJECT_FAILED', expect.stringContaining('Required value')]);
  });
});

describe('watching a ChaosBlade fault', () => {
  async function injected(fault = bladeFault(), script: OperatorScript = {}) {
    const it = await prepared(fault, script);
    const done = await it.driver.inject(it.ready, it.context);
    return { ...it, observe: async () => it.driver.observe(it.handle, done, it.context) };
  }

  it('never takes a status for a proof', async () => {
    const { observe } = await injected();
    const { state, detail } = await observe();
    expect(state).toBe('pending');
    expect(detail).toBe('the status says injected on Node worker-1, which is no proof: give the fault a proof probe');
  });

  it('says when somebody deleted it, and when its timeout fired', async () => {
    const { cluster, name, observe, context } = await injected();
    cluster.edit('ChaosBlade', { name }, (object) => void delete object.metadata.finalizers);
    cluster.drop('ChaosBlade', { name });
    expect(await observe()).toMatchObject({ state: 'ended', detail: expect.stringContaining('somebody deleted it') });
    context.advance(52_000);
    expect(await observe()).toMatchObject({
      state: 'ended',
      detail: expect.stringContaining('its timeout of 52 s fired'),
    });
  });

  it('says when somebody is deleting it, and when it ended', async () => {
    const { cluster, name, observe, script } = await injected();
    script.destroy = 'ignores';
    cluster.drop('ChaosBlade', { name });
    expect(await observe()).toMatchObject({
      state: 'ended',
      detail: expect.stringContaining('somebody else deleted it'),
    });
    const second = await injected();
    second.cluster.edit('ChaosBlade', { name: second.name }, (object) => void (object.status!['phase'] = 'Destroyed'));
    expect((await second.observe()).state).toBe('ended');
  });

  it('does not believe Running after the timeout: the operator may have asked the wrong tool pod', async () => {
    const { observe, context } = await injected();
    context.advance(52_000 + 30_000);
    expect(await observe()).toMatchObject({ state: 'ended', detail: expect.stringContaining('has passed') });
  });

  it('sees that its spec was changed', async () => {
    const { cluster, name, observe } = await injected();
    cluster.edit('ChaosBlade', { name }, (object) => void (object.spec = { experiments: [] }));
    expect((await observe()).drift).toEqual([
      {
        object: expect.objectContaining({ kind: 'ChaosBlade', name }),
        detail: expect.stringContaining('spec.experiments changed'),
        diff: expect.stringContaining('+  experiments: []'),
      },
    ]);
  });

  it('sees deleted pods gone, and others in their place', async () => {
    const it = await injected(podDelete({ version: 'v2' }, { count: 1 }));
    expect(await it.observe()).toMatchObject({ state: 'active', detail: '1 of 1 old pods are gone' });
    await it.driver.rollback(it.handle, it.context);
    expect(await it.driver.verifyGone(it.handle, undefined, it.context)).toMatchObject({
      state: 'pending',
      detail: '1 of 2 pods of ReplicaSet reviews-v2 are ready',
    });
    const [left] = workloads.filter(({ metadata }) => metadata.name === 'reviews-v2-b');
    it.cluster.put({ ...left!, metadata: { ...left!.metadata, name: 'reviews-v2-new' } });
    expect((await it.driver.verifyGone(it.handle, undefined, it.context)).state).toBe('gone');
  });

  it('does not take a pod that came back under its old name for one that never went', async () => {
    const it = await injected(podDelete({ version: 'v2' }));
    const [victim] = workloads.filter(({ metadata }) => metadata.name === 'reviews-v2-a');
    it.cluster.put(victim!);
    expect(await it.observe()).toMatchObject({ state: 'active', detail: '2 of 2 old pods are gone' });
  });
});
