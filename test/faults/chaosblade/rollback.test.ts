import { describe, expect, it } from 'vitest';
import { createChaosBladeDriver } from '../../../src/faults/chaosblade/chaosblade-driver.ts';
import { HoldfastError } from '../../../src/model/errors.ts';
import { bladeExperiment, bladeFault, operatorPods, podDelay, workloads } from '../../helpers/blade-world.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import type { FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { clusterWithOperator, FINALIZER, nodeStatus, type OperatorScript } from '../../helpers/scripted-operator.ts';

const RUN = '20260101-000000-abcd';

/** A fault that was injected, or was to be. */
async function faulted(script: OperatorScript = {}, fault = bladeFault(), options: FakeClusterOptions = {}) {
  const cluster = clusterWithOperator([...workloads, ...operatorPods()], script, options);
  const driver = createChaosBladeDriver();
  const context = driverContext(cluster);
  const { handle, plan, ...rest } = await driver.preflight(RUN, fault, bladeExperiment(fault), context);
  const error = await driver.inject({ handle, plan, ...rest }, context).then(
    () => undefined,
    (failure: unknown) => failure as HoldfastError,
  );
  const name = plan.changes[0]?.object.name ?? '';
  const key = { name };
  const failing = async (more: object = {}): Promise<HoldfastError> =>
    driver.rollback(handle, { ...context, ...more }).then(
      () => expect.fail('it should have failed'),
      (failure: unknown) => failure as HoldfastError,
    );
  return { cluster, driver, context, handle, name, key, error, script, failing };
}

describe('taking a ChaosBlade fault back', () => {
  it('deletes its resource and waits until it is gone', async () => {
    const { cluster, driver, context, handle, key } = await faulted();
    const { writtenAt, detail } = await driver.rollback(handle, context);
    expect(writtenAt).toBeDefined();
    expect(detail).toMatch(/deleted$/);
    expect(cluster.has('ChaosBlade', key)).toBe(false);
    expect(cluster.writes.map(({ verb }) => verb)).toEqual(['create', 'remove']);
    expect(await driver.verifyGone(handle, undefined, context)).toMatchObject({ state: 'gone' });
  });

  it('may be done again, and when nothing was ever injected', async () => {
    const { driver, context, handle } = await faulted();
    await driver.rollback(handle, context);
    const again = await driver.rollback(handle, context);
    expect(again).toEqual({ drift: [], detail: 'nothing to take back: it is gone' });
  });

  it('also takes back what the operator called an error: some targets may be hit all the same', async () => {
    const inject = {
      phase: 'Error',
      expStatuses: [{ success: false, state: 'Error', error: 'can not find the nodes' }],
    };
    const { cluster, driver, context, handle, key, error } = await faulted({ inject });
    expect(error?.code).toBe('INJECT_FAILED');
    await driver.rollback(handle, context);
    expect(cluster.has('ChaosBlade', key)).toBe(false);
  });

  it('knows its resource by name when somebody gave it the label of another run, and says so', async () => {
    const { cluster, driver, context, handle, key } = await faulted();
    cluster.edit('ChaosBlade', key, (object) => void (object.metadata.labels = { 'holdfast.dev/run': 'another' }));
    const { drift } = await driver.rollback(handle, context);
    expect(drift).toMatchObject([{ detail: expect.stringContaining('our label was changed') as string }]);
    expect(cluster.has('ChaosBlade', key)).toBe(false);
  });

  it('knows its resource by name when somebody took its labels away, also from another machine', async () => {
    const { cluster, driver, context, handle, key } = await faulted();
    cluster.edit('ChaosBlade', key, (object) => void (object.metadata.labels = {}));
    expect((await driver.leftovers(context)).map((it) => it.handle.run)).toEqual([RUN]);
    await driver.rollback(handle, context);
    expect(cluster.has('ChaosBlade', key)).toBe(false);
  });

  it('tries again when the API server is away', async () => {
    let failures = 3;
    const beforeWrite: FakeClusterOptions['beforeWrite'] = ({ verb }) => {
      if (verb !== 'remove' || failures-- <= 0) return;
      throw new HoldfastError('API_FAILED', { message: 'down', status: 503, retryable: true });
    };
    const { cluster, driver, context, handle, key } = await faulted({}, bladeFault(), { beforeWrite });
    await driver.rollback(handle, context);
    expect(cluster.has('ChaosBlade', key)).toBe(false);
  });

  it('works from another machine with what the cluster says', async () => {
    const { cluster, driver, context, name, key } = await faulted();
    const [leftover, ...more] = await driver.leftovers(context);
    expect(more).toEqual([]);
    expect(leftover).toMatchObject({
      where: `ChaosBlade ${name}`,
      handle: { run: RUN, fault: 'lossy node', data: { name, interface: 'eth0', timeoutMs: 52_000 } },
      undoCommands: [expect.stringContaining('holdfast recover'), `kubectl --context fake delete blade ${name}`],
    });
    await createChaosBladeDriver().rollback(leftover!.handle, context);
    expect(cluster.has('ChaosBlade', key)).toBe(false);
    expect(await driver.leftovers(context)).toEqual([]);
  });
});

describe('an operator that is still at it', () => {
  it('is waited for before its resource is deleted, so that the fault does not leak', async () => {
    const phases: unknown[] = [];
    const beforeWrite: FakeClusterOptions['beforeWrite'] = ({ verb, key }, it) => {
      if (verb === 'remove') phases.push((it.peek('ChaosBlade', key)['status'] as { phase?: string }).phase);
    };
    const it = await faulted({ inject: 'executing' }, bladeFault(), { beforeWrite });
    const rolledBack = it.driver.rollback(it.handle, {
      ...it.context,
      clock: {
        ...it.context.clock,
        async sleep(ms, signal) {
          await it.context.clock.sleep(ms, signal);
          it.script.inject = 'works';
        },
      },
    });
    expect((await rolledBack).detail).toMatch(/deleted$/);
    expect(phases).toEqual(['Running']);
  });

  it('is not waited for forever; then the report names where the fault may have leaked', async () => {
    const { failing, cluster, key } = await faulted({ inject: 'executing' });
    const error = await failing();
    expect(error.code).toBe('ROLLBACK_FAILED');
    expect(error.message).toContain('still in phase Initialized');
    expect(error.message).toContain('may have leaked on Node worker-1');
    expect(cluster.has('ChaosBlade', key)).toBe(false);
  });

  it('that never looked at the resource has leaked nothing', async () => {
    const { driver, context, handle, cluster, key } = await faulted({ inject: 'silent' });
    expect((await driver.rollback(handle, context)).detail).toMatch(/deleted$/);
    expect(cluster.has('ChaosBlade', key)).toBe(false);
  });
});

describe('a resource that is stuck', () => {
  it('in Destroying is reported at once, with what the operator says and how to clean up by hand, in order', async () => {
    const { failing, context, name } = await faulted({ destroy: 'fails' });
    const before = context.clock.now();
    const error = await failing();
    expect(context.clock.now() - before).toBeLessThan(2_000);
    expect(error.code).toBe('ROLLBACK_FAILED');
    expect(error.message).toContain('RTNETLINK answers: No such file or directory');
    expect(error.message).toContain('The fault may still be in on Node worker-1');
    const steps = error.details.byHand?.join('\n') ?? '';
    const order = [
      'timeout of 52 s',
      'blade destroy 057acaa47ae69360',
      'tc qdisc del dev eth0 root',
      'probe',
      'patch blade',
    ];
    const places = order.map((text) => steps.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(steps).toContain(name);
  });

  it('in a pod is cleaned by deleting the pod', async () => {
    const { failing } = await faulted({ destroy: 'fails' }, podDelay({ app: 'ratings' }));
    expect((await failing()).details.byHand?.join('\n')).toContain(
      'kubectl --context fake -n default delete pod ratings-v1-abc',
    );
  });

  it('is never forced by default: the finalizer stays', async () => {
    const { cluster, failing, key } = await faulted({ destroy: 'fails' });
    await failing();
    expect(cluster.peek('ChaosBlade', key).metadata.finalizers).toEqual([FINALIZER]);
    expect(cluster.writes.map(({ verb }) => verb)).not.toContain('patch');
  });

  it('goes with --force-finalizer, which says that the fault may still be in', async () => {
    const { cluster, driver, context, handle, key } = await faulted({ destroy: 'fails' });
    const { detail } = await driver.rollback(handle, { ...context, forceFinalizer: true });
    expect(detail).toContain('taken off by force, the fault may still be in');
    expect(cluster.has('ChaosBlade', key)).toBe(false);
  });

  it('keeps the finalizers of others, also with --force-finalizer', async () => {
    const { cluster, driver, context, handle, key } = await faulted({ destroy: 'fails' });
    cluster.edit('ChaosBlade', key, (object) => void (object.metadata.finalizers = ['other.example.com/x', FINALIZER]));
    await driver.rollback(handle, { ...context, forceFinalizer: true });
    expect(cluster.peek('ChaosBlade', key).metadata.finalizers).toEqual(['other.example.com/x']);
  });

  it('since nobody acts is reported when the time is over, and goes with --force-finalizer', async () => {
    const { cluster, driver, context, handle, failing, key } = await faulted({ destroy: 'ignores' });
    expect((await failing()).message).toContain('did not go within 18 s (phase Running): the operator does not act');
    await driver.rollback(handle, { ...context, forceFinalizer: true });
    expect(cluster.has('ChaosBlade', key)).toBe(false);
  });

  it('is told by verifyGone as stuck', async () => {
    const { driver, context, handle, failing } = await faulted({ destroy: 'fails' });
    await failing();
    expect(await driver.verifyGone(handle, undefined, context)).toMatchObject({ state: 'stuck' });
  });

  it('is seen during the fault, and makes the run inconclusive', async () => {
    const { cluster, driver, context, handle, key, name } = await faulted();
    cluster.edit('ChaosBlade', key, (object) => void (object.status = { ...nodeStatus(['worker-1'], 'Destroying') }));
    const uid = cluster.peek('ChaosBlade', key).metadata.uid ?? '';
    const injected = { baseline: { uid, generation: 1, writtenAt: 0, names: ['Node worker-1'] }, warnings: [] };
    const { state, detail, drift } = await driver.observe(handle, injected, context);
    expect([state, detail]).toEqual(['stuck', expect.stringContaining(`ChaosBlade ${name} is stuck`)]);
    expect(drift).toHaveLength(1);
  });
});
