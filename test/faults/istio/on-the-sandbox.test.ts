import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { systemClock } from '../../../src/engine/clock.ts';
import type { DriverContext, Observation } from '../../../src/faults/driver.ts';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import type { IstioFaultSpec } from '../../../src/model/fault.ts';
import { httpGet } from '../../helpers/http-get.ts';
import { experiment, fault } from '../../helpers/istio-world.ts';
import { sandboxContext } from '../../helpers/sandbox-context.ts';
import { startTestSandbox, type TestSandbox } from '../../helpers/start-sandbox.ts';

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

/** Injects on the real thing, watches it bite, takes it back, watches it go; `request` is the traffic meanwhile. */
async function lifeOf(spec: Partial<IstioFaultSpec>, request: () => Promise<number>) {
  const driver = createIstioDriver();
  const what = fault(spec, 'live');
  const rules = await cluster.resource('networking.istio.io', 'virtualservices');
  if (rules === undefined) throw new Error('no VirtualServices');
  const bytes = async () =>
    (await cluster.list(rules)).map(({ metadata, spec: rule }) =>
      JSON.stringify([metadata.name, rule, metadata.labels, metadata.annotations]),
    );
  const before = await bytes();
  const ready = await driver.preflight('r1', what, experiment(what), context);
  expect(ready.findings.filter((finding) => finding.severity === 'error')).toEqual([]);
  const injected = await driver.inject(ready, context);
  const active = await ask('active', request, () => driver.observe(ready.handle, injected, context));
  const bitten = await request();
  await driver.observe(ready.handle, injected, context);
  await driver.rollback(ready.handle, context);
  expect(await bytes()).toEqual(before);
  const gone = await ask('gone', request, () => driver.verifyGone(ready.handle, injected, context));
  return { active, bitten, gone, afterwards: await request() };
}

async function ask(
  state: Observation['state'],
  request: () => Promise<number>,
  look: () => Promise<Observation>,
): Promise<Observation> {
  const deadline = systemClock.now() + 15_000;
  for (;;) {
    await request();
    const seen = await look();
    if (seen.state === state) return seen;
    if (systemClock.now() > deadline) throw new Error(`not ${state}: ${seen.detail}`);
  }
}

const timed = (path: string, cookie?: string) => async () => {
  const start = systemClock.now();
  await httpGet(`${sandbox.ingressUrl}${path}`, {
    headers: { Host: 'bookinfo.example.com', ...(cookie && { cookie }) },
  });
  return systemClock.now() - start;
};
const status = (path: string) => async () =>
  (await httpGet(`${sandbox.ingressUrl}${path}`, { headers: { Host: 'bookinfo.example.com' } })).status;

describe('an Istio fault on the sandbox', () => {
  it('delays the calls to details, is seen to bite, and is gone again', async () => {
    const spec = { service: 'details', delay: { fixedDelay: 400, percentage: 100 } };
    const { active, bitten, gone, afterwards } = await lifeOf(spec, timed('/api/v1/products/0'));
    expect(active.detail).toMatch(/requests of default\/productpage-v1-\S+ to details \(flags DI\) were hit/);
    expect(bitten).toBeGreaterThanOrEqual(350);
    expect(gone.detail).toContain('requests passed, where every one was hit before');
    expect(afterwards).toBeLessThan(350);
  });

  it('aborts a share of the calls and waits for enough that pass before it calls the fault gone', async () => {
    const spec = { service: 'details', abort: { httpStatus: 555, percentage: 50 } };
    const { gone, afterwards } = await lifeOf(spec, status('/api/v1/products/0'));
    expect(gone.detail).toMatch(/requests passed and none was hit/);
    expect(afterwards).toBe(200);
  });

  it('puts a fault of the gateway into the gateway only', async () => {
    const spec = { service: 'productpage', gateway: true, abort: { httpStatus: 503, percentage: 100 } };
    const { active, bitten, afterwards } = await lifeOf(spec, status('/productpage'));
    expect(active.detail).toContain('istio-system/istio-ingressgateway');
    expect([bitten, afterwards]).toEqual([503, 200]);
  });
});
