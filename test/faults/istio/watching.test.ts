import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, proxyMetrics, ratingsV1, virtualService } from '../../helpers/istio-world.ts';

const v1 = { destination: { host: 'ratings', subset: 'v1' } };

/** A fault on ratings for jason, just injected. */
async function injectedOnce(options: FakeClusterOptions = {}) {
  const cluster = createFakeCluster([...bookinfo, ratingsV1], options);
  const context = driverContext(cluster);
  const driver = createIstioDriver();
  const what = fault({ match: { headers: { 'end-user': { exact: 'jason' } } } });
  const ready = await driver.preflight('r1', what, experiment(what), context);
  return { cluster, context, driver, ready, injected: await driver.inject(ready, context) };
}

describe('watching an Istio fault', () => {
  it('finds a VirtualService that came up meanwhile and leads the callers past it', async () => {
    const { cluster, context, driver, ready } = await injectedOnce();
    expect(await driver.bypasses?.(ready, context)).toEqual([]);
    const rules = await cluster.resource('networking.istio.io', 'virtualservices');
    if (rules === undefined) throw new Error('no VirtualServices');
    const takeover = virtualService('private', { hosts: ['ratings'], exportTo: ['.'], http: [{ route: [v1] }] });
    await cluster.create(rules, takeover);
    const found = await driver.bypasses?.(ready, context);
    expect(found).toMatchObject([
      {
        object: { name: 'private' },
        detail: expect.stringContaining('leads requests to ratings past the fault') as string,
      },
    ]);
  });

  it('counts the requests it hit since the injection by caller, and none while a caller gives no counters', async () => {
    const counters = { hit: 3, silent: '' };
    const podProxy: FakeClusterOptions['podProxy'] = ({ name }) =>
      name === counters.silent
        ? { status: 503, body: '' }
        : { status: 200, body: proxyMetrics('ratings', { DI: name.startsWith('reviews') ? counters.hit : 0, '-': 9 }) };
    const { context, driver, ready, injected } = await injectedOnce({ podProxy });
    counters.hit = 5;
    const { hits } = await driver.observe(ready.handle, injected, context);
    expect(hits).toEqual({ 'default/productpage-v1-1': 0, 'default/reviews-v2-1': 2 });
    counters.silent = 'productpage-v1-1';
    expect((await driver.observe(ready.handle, injected, context)).hits).toBeUndefined();
  });

  it('counts those of a caller that came up some time after its predecessor went', async () => {
    const counters = { hit: 0, gone: '' };
    const podProxy: FakeClusterOptions['podProxy'] = ({ name }) =>
      name === counters.gone
        ? { status: 404, body: '' }
        : { status: 200, body: proxyMetrics('ratings', { DI: name.startsWith('reviews') ? counters.hit : 0, '-': 9 }) };
    const { cluster, context, driver, ready, injected } = await injectedOnce({ podProxy });
    const pods = await cluster.resource('', 'pods');
    if (pods === undefined) throw new Error('no pods');
    const key = { namespace: 'default', name: 'reviews-v2-1' };
    const old = await cluster.read(pods, key);
    if (old === undefined) throw new Error('no reviews pod');
    const hits = async () => (await driver.observe(ready.handle, injected, context)).hits;
    await cluster.remove(pods, key);
    counters.gone = key.name;
    expect(await hits()).not.toHaveProperty(['default/reviews-v2-2']);
    await cluster.create(pods, { ...old, metadata: { ...old.metadata, name: 'reviews-v2-2' } });
    expect(await hits()).toHaveProperty(['default/reviews-v2-2'], 0);
    counters.hit = 4;
    expect(await hits()).toHaveProperty(['default/reviews-v2-2'], 4);
  });
});
