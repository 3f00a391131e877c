import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import type { IstioFault, IstioFaultSpec } from '../../../src/model/fault.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { faultSpecs, requests, rules } from '../../helpers/arbitrary-rules.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type EditableObject } from '../../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, pod } from '../../helpers/istio-world.ts';
import { effectOf, leadsToRatings, type Proxy, PROXIES, routingOf, satisfies } from '../../helpers/route-oracle.ts';

const world: readonly KubernetesObject[] = [
  ...bookinfo,
  pod('gw-1', { istio: 'gw' }),
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gw', namespace: 'default' },
    spec: { selector: { istio: 'gw' } },
  },
];

/** The corners are rare (one in a thousand); a run in CI is for regressions, so it takes the same rules every time. */
const SAME_EVERY_TIME = { numRuns: 60, seed: 20261120 };

async function prepare(objects: readonly KubernetesObject[], spec: Partial<IstioFaultSpec>) {
  const cluster = createFakeCluster([...world, ...objects]);
  const context = driverContext(cluster);
  const driver = createIstioDriver();
  const what = fault(spec);
  const ready = await driver.preflight('r1', what, experiment(what), context);
  const errors = ready.findings.filter((finding) => finding.severity === 'error').map((finding) => finding.code);
  return { cluster, context, driver, what, ready, errors, rulesNow: () => rulesIn(cluster) };
}

function rulesIn(cluster: ReturnType<typeof createFakeCluster>): readonly KubernetesObject[] {
  return cluster.store.all().filter((object) => object.kind === 'VirtualService');
}

function bytes(objects: readonly KubernetesObject[]): string[] {
  return objects.map(({ metadata, spec }) =>
    JSON.stringify([metadata.namespace, metadata.name, spec, metadata.labels, metadata.annotations]),
  );
}

/** Whether the fault is meant for a request of a proxy that its route sends to ratings. */
function isMeant({ spec }: IstioFault, proxy: Proxy, request: (typeof requests)[number]): boolean {
  const side = spec.gateway === (proxy === 'gateway');
  return side && (spec.from?.['app'] ?? proxy) === proxy && satisfies(spec.match, request);
}

describe('a fault in any VirtualServices', () => {
  it('hits exactly the requests it is meant for, and changes nothing for all others', async () => {
    let injected = 0;
    await fc.assert(
      fc.asyncProperty(rules, faultSpecs, async (objects, spec) => {
        const { context, driver, what, ready, errors, rulesNow } = await prepare(objects.map(withNames), spec);
        fc.pre(errors.length === 0);
        const isCreated = ready.plan.changes.some((change) => change.verb === 'create');
        const before = routingOf(rulesNow());
        await driver.inject(ready, context);
        injected += 1;
        const after = routingOf(rulesNow());
        const wrong = PROXIES.flatMap((proxy) =>
          requests.filter((request) => {
            const [old, now] = [before(proxy, request), after(proxy, request)];
            const isHit = now?.name.includes('holdfast-r1-slow-ratings-') ?? false;
            const reached = (isCreated || isGoverned(old)) && leadsToRatings(old);
            const shouldBe = isMeant(what, proxy, request) && reached;
            return isHit !== shouldBe || effectOf(now) !== effectOf(old);
          }),
        );
        expect(wrong).toEqual([]);
      }),
      SAME_EVERY_TIME,
    );
    expect(injected).toBeGreaterThan(15);
  });

  it('is refused for want of a route only when no request that it is meant for goes to ratings', () =>
    fc.assert(
      fc.asyncProperty(rules, faultSpecs, async (objects, spec) => {
        const { what, errors, rulesNow } = await prepare(objects.map(withNames), spec);
        fc.pre(errors.includes('NO_ROUTE') || errors.includes('NO_GATEWAY_ROUTE'));
        const route = routingOf(rulesNow());
        const meant = PROXIES.flatMap((proxy) =>
          requests.filter((request) => {
            const found = route(proxy, request);
            return isMeant(what, proxy, request) && isGoverned(found) && leadsToRatings(found);
          }),
        );
        expect(meant).toEqual([]);
      }),
      { numRuns: 40 },
    ));

  it('leaves every object byte for byte as it was after rollback, also after two', () =>
    fc.assert(
      fc.asyncProperty(rules, faultSpecs, fc.boolean(), async (objects, spec, fromLeftover) => {
        const { cluster, context, driver, ready, errors, rulesNow } = await prepare(objects, spec);
        fc.pre(errors.length === 0);
        const before = bytes(rulesNow());
        await driver.inject(ready, context);
        expect(bytes(rulesNow())).not.toEqual(before);
        if (fromLeftover) {
          const other = createIstioDriver();
          for (const { handle } of await other.leftovers(context)) await other.rollback(handle, driverContext(cluster));
        } else expect((await driver.rollback(ready.handle, context)).drift).toEqual([]);
        expect(bytes(rulesNow())).toEqual(before);
        await driver.rollback(ready.handle, context);
        expect(bytes(rulesNow())).toEqual(before);
      }),
      { numRuns: 50 },
    ));

  it('is taken back although only a part of it was written', () =>
    fc.assert(
      fc.asyncProperty(rules, faultSpecs, fc.integer({ min: 1, max: 2 }), async (objects, spec, broken) => {
        const { cluster, ready, errors, driver, rulesNow } = await prepare(objects, spec);
        fc.pre(errors.length === 0);
        const before = bytes(rulesNow());
        const fails = new Error('the process dies here');
        const dying = { ...cluster };
        for (const verb of ['create', 'replace'] as const) {
          dying[verb] = async (resource, object) => {
            if (cluster.writes.length + 1 >= broken) throw fails;
            return cluster[verb](resource, object);
          };
        }
        await driver.inject(ready, driverContext(dying)).catch((error: unknown) => expect(error).toBe(fails));
        await driver.rollback(ready.handle, driverContext(cluster));
        expect(bytes(rulesNow())).toEqual(before);
      }),
      { numRuns: 40 },
    ));

  it('takes only its own away when somebody edited meanwhile, and says so', () =>
    fc.assert(
      fc.asyncProperty(rules, faultSpecs, fc.constantFrom(...EDITS), async (objects, spec, edit) => {
        const { cluster, context, driver, ready, errors, rulesNow } = await prepare(objects, spec);
        fc.pre(errors.length === 0 && ready.plan.changes.every((change) => change.verb === 'update'));
        const change = (target: typeof cluster) => {
          for (const { object } of ready.plan.changes) {
            const { namespace = '', name } = object;
            target.edit('VirtualService', { namespace, name }, edit);
          }
        };
        const undisturbed = createFakeCluster([...world, ...objects]);
        change(undisturbed);
        await driver.inject(ready, context);
        change(cluster);
        const { drift } = await driver.rollback(ready.handle, context);
        expect(bytes(rulesNow())).toEqual(bytes(rulesIn(undisturbed)));
        expect(drift).toHaveLength(ready.plan.changes.length);
      }),
      { numRuns: 50 },
    ));
});

/** Where a VirtualService governs but has no route for a caller, Istio uses the plain Service, where no fault can go. */
function isGoverned(route: ReturnType<ReturnType<typeof routingOf>>): boolean {
  return route?.name !== 'default';
}

function withNames(object: KubernetesObject): KubernetesObject {
  const spec = object['spec'] as { readonly http: readonly object[] };
  return { ...object, spec: { ...spec, http: spec.http.map((route) => ({ name: 'named', ...route })) } };
}

type Route = Readonly<Record<string, unknown>>;

const isForeign = (route: Route) => !String(route['name']).startsWith('holdfast-r1-');
const editRoutes = (object: EditableObject, change: (routes: readonly Route[]) => readonly Route[]) => {
  object.spec = { ...object.spec, http: change(object.spec?.['http'] as readonly Route[]) };
};

/** What other people do to an object, in terms that do not depend on our routes being there. */
const EDITS: readonly ((object: EditableObject) => void)[] = [
  (object) => editRoutes(object, (routes) => [{ name: 'first', redirect: {} }, ...routes]),
  (object) => editRoutes(object, (routes) => [...routes, { name: 'last', redirect: {} }]),
  (object) => editRoutes(object, (routes) => routes.filter((route) => route !== routes.findLast(isForeign))),
  (object) =>
    editRoutes(object, (routes) => routes.map((route) => (isForeign(route) ? { ...route, timeout: '9s' } : route))),
  (object) => void (object.metadata.labels = { ...object.metadata.labels, owner: 'somebody' }),
  (object) => void (object.metadata.annotations = { ...object.metadata.annotations, 'example.com/note': 'y' }),
  (object) => void (object.spec = { ...object.spec, tls: [{ match: [] }] }),
];
