import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Cluster, Resource } from '../../src/cluster/cluster.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { createChaosBladeDriver } from '../../src/faults/chaosblade/chaosblade-driver.ts';
import type { DriverContext, Injected, PreparedFault } from '../../src/faults/driver.ts';
import type { HoldfastError } from '../../src/model/errors.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../src/model/fault.ts';
import { bladeExperiment, bladeFault, podDelay, podDelete } from './blade-world.ts';
import { sandboxContext } from './sandbox-context.ts';
import { startTestSandbox, type TestSandbox } from './start-sandbox.ts';

const NODE = 'holdfast-worker';
const driver = createChaosBladeDriver();

/** Everything that a ChaosBlade fault may meet on a sandbox with an operator of that version, as tests. */
export function testBladeOnSandbox(chaosblade: '0.8' | '1.8'): void {
  let sandbox: TestSandbox;
  let cluster: Cluster;
  let context: DriverContext;
  let runs = 0;

  beforeAll(async () => {
    sandbox = await startTestSandbox({ chaosblade });
    context = await sandboxContext(sandbox);
    cluster = context.cluster;
  });

  afterAll(async () => {
    await cluster.close();
    await sandbox.close();
  });

  afterEach(async () => {
    misbehave({});
    for (const { handle } of await driver.leftovers(context))
      await driver.rollback(handle, { ...context, forceFinalizer: true });
  });

  /** Tells the operator to misbehave; see docs/sandbox.md. */
  function misbehave(data: Readonly<Record<string, string>>): void {
    const metadata = { name: 'holdfast-sandbox-chaosblade', namespace: 'chaosblade' };
    const { store } = sandbox;
    if (store.get('configmaps', metadata.namespace, metadata.name) !== undefined)
      store.remove('configmaps', metadata.namespace, metadata.name);
    store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  }

  function loss(change: Partial<ChaosBladeFaultSpec> = {}): Fault<ChaosBladeFaultSpec> {
    const flags = { percent: '60', interface: 'eth0', 'remote-port': '9999' };
    return bladeFault({ select: { names: [NODE] }, flags, ...change });
  }

  async function prepare(fault: Fault<ChaosBladeFaultSpec>): Promise<PreparedFault<ChaosBladeFaultSpec>> {
    runs += 1;
    const run = `20260101-00000${runs % 10}-${chaosblade === '0.8' ? 'old' : 'new'}${Math.floor(runs / 10)}`;
    return driver.preflight(run, fault, bladeExperiment(fault), context);
  }

  async function injected(fault: Fault<ChaosBladeFaultSpec>): Promise<[PreparedFault<ChaosBladeFaultSpec>, Injected]> {
    const ready = await prepare(fault);
    expect(ready.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    return [ready, await driver.inject(ready, context)];
  }

  async function blades(): Promise<readonly string[]> {
    const resource = (await cluster.resource('chaosblade.io', 'chaosblades')) as Resource;
    return (await cluster.list(resource)).map(({ metadata }) => metadata.name);
  }

  const failure = async (work: Promise<unknown>): Promise<HoldfastError> =>
    work.then(
      () => expect.fail('it should have failed'),
      (error: unknown) => error as HoldfastError,
    );

  it('is injected, is no proof by itself, and is taken back until it is gone', async () => {
    const [{ handle }, done] = await injected(loss());
    expect(done.baseline).toMatchObject({ names: [`Node ${NODE}`] });
    expect(await driver.observe(handle, done, context)).toMatchObject({ state: 'pending', drift: [] });
    await driver.rollback(handle, context);
    expect(await driver.verifyGone(handle, done, context)).toMatchObject({ state: 'gone' });
    expect(await blades()).toEqual([]);
  });

  it('whose node is named by its address is caught early; if not, the operator is heard', async () => {
    const ready = await prepare(loss({ select: { names: ['127.0.0.2'] } }));
    expect(ready.findings.map(({ code, message }) => `${code} ${message}`)).toContainEqual(
      expect.stringMatching(/^NO_NODE .*Did you mean holdfast-worker\? 127\.0\.0\.2 is its InternalIP/),
    );
    const { message } = await failure(driver.inject(ready, context));
    expect(message).toContain(
      chaosblade === '0.8' ? 'can not find the nodes' : 'invalid parameter `names`, can not find node',
    );
    await driver.rollback(ready.handle, context);
    expect(await blades()).toEqual([]);
  });

  it('that hits some targets only is an error, and is taken back from those too', async () => {
    misbehave({ 'fail-targets': 'holdfast-worker2', 'fail-text': '`tc`: command not found' });
    const both = loss({ select: { names: [NODE, 'holdfast-worker2'] } });
    const ready = await prepare(both);
    const { message } = await failure(driver.inject(ready, context));
    expect(message).toContain('1 of 2 targets worked');
    expect(message).toContain('holdfast-worker2: `tc`: command not found');
    await driver.rollback(ready.handle, context);
    misbehave({});
    const [{ handle }] = await injected(both);
    await driver.rollback(handle, context);
  });

  it('that nobody could shape twice is refused while another is on the device', async () => {
    const [{ handle }] = await injected(loss());
    const second = await prepare(loss({ action: 'corrupt' }));
    expect(second.findings.map(({ code }) => code)).toContain('DEVICE_TAKEN');
    await driver.rollback(handle, context);
  });

  it('that its timeout ends is seen to have ended', async () => {
    const what = loss({ timeout: 1000 });
    const [ready, done] = await injected(what);
    const { handle } = ready;
    const deadline = systemClock.now() + 8_000;
    let seen = await driver.observe(handle, done, context);
    while (seen.state !== 'ended' && systemClock.now() < deadline) {
      await systemClock.sleep(100);
      seen = await driver.observe(handle, done, context);
    }
    expect(seen).toMatchObject({ state: 'ended', detail: expect.stringContaining('its timeout of 1 s fired') });
    const why = await driver.explain?.(ready, done, bladeExperiment(what), context);
    // By now it may be gone altogether.
    const over = expect.stringMatching(/(has ended|is gone|is on its way out): its timeout of 1 s fired\.$/) as string;
    expect(why?.reasons).toMatchObject([{ code: 'FAULT_OVER', message: over }]);
    await driver.rollback(handle, context);
  });

  it('that cannot be destroyed is reported with the way out, and goes by force only', async () => {
    const [{ handle }] = await injected(loss({ select: { names: ['holdfast-worker2'] } }));
    misbehave({ 'fail-destroy': 'true' });
    const error = await failure(driver.rollback(handle, context));
    expect(error.code).toBe('ROLLBACK_FAILED');
    expect(error.details.byHand?.join('\n')).toMatch(/timeout of .*\n.*\n.*blade destroy [0-9a-f]{16}/);
    expect(await blades()).toHaveLength(1);
    const { detail } = await driver.rollback(handle, { ...context, forceFinalizer: true });
    expect(detail).toContain('by force');
    expect(await blades()).toEqual([]);
  });

  it('that is taken back while the operator is at it does not leak', async () => {
    misbehave({ 'slow-ms': '250' });
    const what = loss({ select: { names: ['holdfast-control-plane'] } });
    const ready = await prepare(what);
    const injecting = driver.inject(ready, context).catch(() => undefined);
    await expect.poll(blades, { timeout: 5_000 }).toHaveLength(1);
    await driver.rollback(ready.handle, context);
    await injecting;
    expect(await blades()).toEqual([]);
    // A discipline that had stayed would refuse this one: "File exists".
    const [{ handle }] = await injected(what);
    await driver.rollback(handle, context);
  });

  it('deletes pods, sees the old ones gone and others ready in their place', async () => {
    const [{ handle }, done] = await injected(podDelete({ app: 'reviews', version: 'v2' }));
    await expect
      .poll(async () => driver.observe(handle, done, context), { timeout: 8_000 })
      .toMatchObject({
        state: 'active',
      });
    await driver.rollback(handle, context);
    await expect
      .poll(async () => driver.verifyGone(handle, done, context), { timeout: 8_000 })
      .toMatchObject({ state: 'gone' });
  });

  it('on pods hits what was resolved, or is refused for their runtime', async () => {
    const ready = await prepare(podDelay({ app: 'reviews' }));
    const errors = ready.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    if (errors.includes('RUNTIME_UNKNOWN')) return;
    expect(errors).toEqual([]);
    const done = await driver.inject(ready, context);
    expect(done.baseline).toMatchObject({ names: [expect.anything(), expect.anything(), expect.anything()] });
    await driver.rollback(ready.handle, context);
  });
}
