import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import { HoldfastError } from '../../../src/model/errors.ts';
import type { IstioFault } from '../../../src/model/fault.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { recordsOf } from '../../../src/undo/marks.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type EditableObject, type FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, ratingsV1, virtualService } from '../../helpers/istio-world.ts';

const key = { namespace: 'default', name: 'ratings' };
const jason = { headers: { 'end-user': { exact: 'jason' } } };
const v1 = { destination: { host: 'ratings', subset: 'v1' } };

async function prepared(rules: readonly KubernetesObject[], what: IstioFault, options: FakeClusterOptions = {}) {
  const cluster = createFakeCluster([...bookinfo, ...rules], options);
  const context = driverContext(cluster);
  const driver = createIstioDriver();
  const ready = await driver.preflight('r1', what, experiment(what), context);
  return { cluster, context, driver, ready, handle: ready.handle };
}

function http(cluster: ReturnType<typeof createFakeCluster>, name = key): unknown[] {
  return (cluster.peek('VirtualService', name)['spec'] as { http: unknown[] }).http;
}

function routesIn(object: EditableObject): unknown[] {
  return (object.spec as { http: unknown[] }).http;
}

function bytes(object: KubernetesObject): string {
  return JSON.stringify([object['spec'], object.metadata.labels, object.metadata.annotations]);
}

describe('injecting an Istio fault', () => {
  it('puts a narrowed copy with the fault directly in front of each route to the service', async () => {
    const { cluster, context, driver, ready } = await prepared([ratingsV1], fault({ match: jason }));
    expect(ready.findings.filter((it) => it.severity === 'error')).toEqual([]);
    const injected = await driver.inject(ready, context);
    expect(injected.writtenAt).toBeDefined();
    expect(http(cluster)).toEqual([
      {
        name: 'holdfast-r1-slow-ratings-1',
        match: [jason],
        fault: { delay: { percentage: { value: 100 }, fixedDelay: '7s' } },
        route: [v1],
      },
      { route: [v1] },
    ]);
    const object = cluster.peek('VirtualService', key);
    expect(object.metadata.labels).toEqual({ 'holdfast.dev/run': 'r1' });
    expect(recordsOf(object)).toMatchObject([{ undo: 'remove-routes', prefix: 'holdfast-r1-slow-ratings', routes: 1 }]);
    expect(cluster.writes).toHaveLength(1);
  });

  it('keeps timeout, retries and unknown fields in the copy, and says that they do not see the fault', async () => {
    const route = { timeout: '2s', retries: { attempts: 3 }, weird: { x: 1 }, route: [v1] };
    const rule = virtualService('ratings', { hosts: ['ratings'], http: [route] });
    const { cluster, context, driver, ready } = await prepared([rule], fault());
    expect(ready.findings.map((it) => it.code)).toContain('ROUTE_TIMEOUT_BLIND');
    await driver.inject(ready, context);
    expect(http(cluster)[0]).toMatchObject({ timeout: '2s', retries: { attempts: 3 }, weird: { x: 1 } });
    expect(http(cluster)[1]).toEqual(route);
  });

  it('writes aborts, both effects together, and percentages of any size', async () => {
    const spec = {
      delay: { fixedDelay: 1500, percentage: 12.5 },
      abort: { grpcStatus: 'UNAVAILABLE', percentage: 100 },
    };
    const { cluster, context, driver, ready } = await prepared([ratingsV1], fault(spec));
    await driver.inject(ready, context);
    expect(http(cluster)[0]).toMatchObject({
      fault: {
        delay: { percentage: { value: 12.5 }, fixedDelay: '1500ms' },
        abort: { percentage: { value: 100 }, grpcStatus: 'UNAVAILABLE' },
      },
    });
  });

  it('creates a VirtualService with a catch-all when the host has none, and deletes it again', async () => {
    const { cluster, context, driver, ready, handle } = await prepared([], fault({ match: jason }));
    expect(ready.plan.lockKeys).toEqual(['vs:default/ratings']);
    expect(ready.plan.changes[0]?.verb).toBe('create');
    await driver.inject(ready, context);
    const name = { namespace: 'default', name: 'holdfast-r1-ratings' };
    expect(cluster.peek('VirtualService', name)['spec']).toMatchObject({ hosts: ['ratings'] });
    expect(http(cluster, name)).toMatchObject([{ match: [jason] }, { route: [{ destination: { host: 'ratings' } }] }]);
    const back = await driver.rollback(handle, context);
    expect(back.drift).toEqual([]);
    expect(cluster.has('VirtualService', name)).toBe(false);
  });

  it('shares the created VirtualService between two faults and deletes it with the last', async () => {
    const faults = [fault({ match: jason }), fault({ abort: { httpStatus: 500, percentage: 100 } }, 'broken')];
    const cluster = createFakeCluster(bookinfo);
    const context = driverContext(cluster);
    const driver = createIstioDriver();
    const ready = [];
    for (const one of faults) ready.push(await driver.preflight('r1', one, experiment(...faults), context));
    for (const one of ready) await driver.inject(one, context);
    const name = { namespace: 'default', name: 'holdfast-r1-ratings' };
    expect(http(cluster, name)).toHaveLength(3);
    const [first, second] = ready;
    if (first === undefined || second === undefined) throw new Error('two faults');
    await driver.rollback(first.handle, context);
    expect(http(cluster, name)).toHaveLength(2);
    await driver.rollback(second.handle, context);
    expect(cluster.has('VirtualService', name)).toBe(false);
  });

  it('reads again and recomputes when somebody edits in between', async () => {
    const { cluster, context, driver, ready, handle } = await prepared([ratingsV1], fault(), {
      beforeWrite: (write, fake) => {
        if (write.n > 1) return;
        fake.edit('VirtualService', key, (object) => {
          object.spec = { ...object.spec, http: [{ name: 'theirs', route: [v1] }, { route: [v1] }] };
        });
      },
    });
    await driver.inject(ready, context);
    expect(cluster.writes).toHaveLength(2);
    expect(http(cluster)).toMatchObject([{ name: 'holdfast-r1-slow-ratings-1' }, { name: 'theirs' }, { route: [v1] }]);
    await driver.rollback(handle, context);
    expect(http(cluster)).toEqual([{ name: 'theirs', route: [v1] }, { route: [v1] }]);
  });

  it('finds its write although the answer was lost', async () => {
    const { cluster, context, driver, ready } = await prepared([ratingsV1], fault(), {
      afterWrite: () => {
        throw new HoldfastError('API_UNREACHABLE', { message: 'reset', retryable: true });
      },
    });
    await driver.inject(ready, context);
    expect(http(cluster)).toHaveLength(2);
    expect(cluster.writes).toHaveLength(1);
  });

  it("passes the webhook's words on when it refuses", async () => {
    const text = 'admission webhook "validation.istio.io" denied the request: configuration is invalid';
    const { context, driver, ready } = await prepared([ratingsV1], fault(), {
      beforeWrite: () => {
        throw new HoldfastError('API_REFUSED', { message: text, status: 400 });
      },
    });
    await expect(driver.inject(ready, context)).rejects.toMatchObject({
      code: 'INJECT_FAILED',
      details: { where: 'VirtualService default/ratings', message: expect.stringContaining(text) as string },
    });
  });

  it('refuses to go where the plan did not say', async () => {
    const { cluster, context, driver, ready } = await prepared([ratingsV1], fault());
    cluster.put(
      virtualService('older', (ratingsV1['spec'] ?? {}) as Record<string, unknown>, {
        creationTimestamp: '2020-01-01T00:00:00Z',
      }),
    );
    await expect(driver.inject(ready, context)).rejects.toMatchObject({ code: 'INJECT_FAILED' });
    expect(cluster.writes).toEqual([]);
  });

  it('counts from the write that got through, not from one that hung', async () => {
    const { context, driver, ready } = await prepared([ratingsV1], fault(), {
      beforeWrite: ({ n }) => {
        if (n > 1) return;
        context.advance(10_000);
        throw new HoldfastError('API_TIMEOUT', { message: 'no answer', retryable: true });
      },
    });
    const startedAt = context.clock.now();
    expect((await driver.inject(ready, context)).writtenAt).toBeGreaterThanOrEqual(startedAt + 10_000);
  });

  it("hands on the API server's warnings, and takes those about its own shadow for one", async () => {
    const shadow = 'virtualService rule #1 not used (only the last rule can have no matches)';
    const warnings = () => ['v1beta1 is deprecated', shadow, shadow];
    const { context, driver, ready } = await prepared([ratingsV1], fault(), { warnings });
    expect((await driver.inject(ready, context)).warnings).toEqual([
      'v1beta1 is deprecated',
      expect.stringContaining("istiod's warnings: 2") as string,
    ]);
  });
});

describe('taking an Istio fault back', () => {
  it('leaves spec, labels and annotations byte for byte as they were, and does nothing the second time (T18)', async () => {
    const rule = virtualService(
      'ratings',
      { http: [{ route: [v1], name: 'only' }], hosts: ['ratings'] },
      {
        annotations: { note: 'ours' },
      },
    );
    const { cluster, context, driver, ready, handle } = await prepared([rule], fault({ match: jason }));
    const before = bytes(cluster.peek('VirtualService', key));
    await driver.inject(ready, context);
    expect(bytes(cluster.peek('VirtualService', key))).not.toBe(before);
    const back = await driver.rollback(handle, context);
    expect(bytes(cluster.peek('VirtualService', key))).toBe(before);
    expect(back).toMatchObject({ drift: [], detail: 'VirtualServices: 1 restored' });
    const again = await driver.rollback(handle, context);
    expect(again.writtenAt).toBeUndefined();
    expect(cluster.writes).toHaveLength(2);
  });

  it('keeps what others changed and says who and what', async () => {
    const { cluster, context, driver, ready, handle } = await prepared([ratingsV1], fault());
    await driver.inject(ready, context);
    cluster.edit('VirtualService', key, (object) => {
      object.spec = { ...object.spec, http: [{ name: 'theirs', route: [v1] }, ...routesIn(object)] };
      object.metadata.labels = { ...object.metadata.labels, team: 'blue' };
      Object.assign(object.metadata, {
        managedFields: [
          { manager: 'holdfast', time: '1' },
          { manager: 'argocd', time: '2' },
        ],
      });
    });
    const { drift } = await driver.rollback(handle, context);
    expect(http(cluster)).toEqual([{ name: 'theirs', route: [v1] }, { route: [v1] }]);
    expect(cluster.peek('VirtualService', key).metadata.labels).toEqual({ team: 'blue' });
    expect(drift[0]?.detail).toBe('argocd at 2: HTTP routes: 1 added; labels changed');
  });

  it('keeps a VirtualService it created when somebody added to it', async () => {
    const { cluster, context, driver, ready, handle } = await prepared([], fault());
    await driver.inject(ready, context);
    const name = { namespace: 'default', name: 'holdfast-r1-ratings' };
    cluster.edit('VirtualService', name, (object) => {
      object.spec = { ...object.spec, http: [...routesIn(object), { name: 'theirs' }] };
    });
    const { drift } = await driver.rollback(handle, context);
    expect(http(cluster, name)).toEqual([{ route: [{ destination: { host: 'ratings' } }] }, { name: 'theirs' }]);
    expect(cluster.peek('VirtualService', name).metadata.labels).toBeUndefined();
    expect(cluster.peek('VirtualService', name).metadata.annotations).toBeUndefined();
    expect(drift).toHaveLength(1);
  });

  it('works from a leftover alone, in another process', async () => {
    const { cluster, context, driver, ready } = await prepared([ratingsV1], fault());
    const before = bytes(cluster.peek('VirtualService', key));
    await driver.inject(ready, context);
    const other = createIstioDriver();
    const [leftover, ...more] = await other.leftovers(driverContext(cluster));
    expect(more).toEqual([]);
    expect(leftover).toMatchObject({
      where: 'VirtualService default/ratings',
      handle: { run: 'r1', fault: 'slow ratings' },
    });
    expect(leftover?.undoCommands.join()).toContain('holdfast recover --context fake --run r1');
    if (leftover) await other.rollback(leftover.handle, driverContext(cluster));
    expect(bytes(cluster.peek('VirtualService', key))).toBe(before);
    expect(await other.leftovers(context)).toEqual([]);
  });

  it('names the command that deletes an object which the run created, for doing it by hand', async () => {
    const { cluster, context, driver, ready } = await prepared([], fault());
    await driver.inject(ready, context);
    const [leftover] = await createIstioDriver().leftovers(driverContext(cluster));
    expect(leftover?.undoCommands).toEqual([
      'holdfast recover --context fake --run r1',
      'kubectl --context fake -n default delete --ignore-not-found virtualservices.networking.istio.io holdfast-r1-ratings',
    ]);
  });

  it('is tried again through conflicts and outages until the budget is spent', async () => {
    let failures = 0;
    const { cluster, context, driver, ready, handle } = await prepared([ratingsV1], fault(), {
      beforeWrite: (write) => {
        if (write.n === 1 || failures === 9) return;
        failures += 1;
        const code = failures % 2 === 0 ? 'API_CONFLICT' : 'API_FAILED';
        throw new HoldfastError(code, { message: 'not now', status: failures % 2 === 0 ? 409 : 503, retryable: true });
      },
    });
    await driver.inject(ready, context);
    const spent = driverContext(cluster, AbortSignal.abort());
    await expect(driver.rollback(handle, spent)).rejects.toMatchObject({ code: 'ROLLBACK_TIMEOUT' });
    await driver.rollback(handle, context);
    expect(http(cluster)).toHaveLength(1);
    expect(failures).toBe(9);
  });

  it('does nothing for a fault that was never written, or whose object is gone', async () => {
    const { cluster, context, driver, handle } = await prepared([ratingsV1], fault());
    expect(await driver.rollback(handle, context)).toMatchObject({ detail: 'nothing to take back', drift: [] });
    cluster.drop('VirtualService', key);
    expect(await driver.rollback(handle, context)).toMatchObject({ detail: 'nothing to take back' });
  });
});
