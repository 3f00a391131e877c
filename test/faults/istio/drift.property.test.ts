import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { faultSpecs, rules } from '../../helpers/arbitrary-rules.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type EditableObject, type FakeCluster } from '../../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, pod } from '../../helpers/istio-world.ts';

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

type Route = Readonly<Record<string, unknown>>;
type Edit = (object: EditableObject) => void;

const isOurs = (route: Route): boolean => JSON.stringify(route['name'] ?? '').startsWith('"holdfast-');
const onRoutes =
  (change: (routes: readonly Route[]) => readonly Route[]): Edit =>
  (object) => {
    object.spec = { ...object.spec, http: change(object.spec?.['http'] as readonly Route[]) };
  };
const onOurs = (change: (route: Route) => Route): Edit =>
  onRoutes((routes) => routes.map((route) => (isOurs(route) ? change(route) : route)));

/** What people do to what is theirs, in terms that do not depend on our routes being there. */
const theirs = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((n) => onRoutes((routes) => [{ name: `first-${n}`, redirect: {} }, ...routes])),
  fc.integer({ min: 1, max: 9 }).map((n) => onRoutes((routes) => [...routes, { name: `last-${n}`, redirect: {} }])),
  fc.constant(onRoutes((routes) => routes.filter((it) => it !== routes.findLast((route) => !isOurs(route))))),
  fc
    .integer({ min: 1, max: 9 })
    .map((n) => onRoutes((routes) => routes.map((it) => (isOurs(it) ? it : { ...it, timeout: `${n}s` })))),
  fc.string({ minLength: 1, maxLength: 3 }).map((team): Edit => (object) => {
    object.metadata.labels = { ...object.metadata.labels, team };
  }),
  fc.string({ minLength: 1, maxLength: 3 }).map((note): Edit => (object) => {
    object.metadata.annotations = { ...object.metadata.annotations, 'example.com/note': note };
  }),
  fc.constant<Edit>((object) => void (object.spec = { ...object.spec, tls: [{ match: [] }] })),
);

const without =
  (...fields: readonly ('labels' | 'annotations')[]): Edit =>
  ({ metadata }) => {
    for (const field of fields) {
      const kept = Object.entries(metadata[field] ?? {}).filter(([key]) => !key.startsWith('holdfast.dev/'));
      if (kept.length === 0) delete metadata[field];
      else metadata[field] = Object.fromEntries(kept);
    }
  };

/** What they do to what is ours. */
const ours = fc.constantFrom<Edit>(
  onOurs((route) => ({ ...route, fault: { abort: { httpStatus: 418, percentage: { value: 100 } } } })),
  onOurs(({ match: _match, ...route }) => route),
  onOurs((route) => ({ ...route, name: 'renamed' })),
  onOurs(({ name: _name, ...route }) => route),
  onRoutes((routes) => routes.toSorted((a, b) => Number(isOurs(a)) - Number(isOurs(b)))),
  onRoutes((routes) => routes.filter((route) => !isOurs(route))),
  without('labels'),
  without('annotations'),
  without('labels', 'annotations'),
  ({ metadata }) => void (metadata.labels = { ...metadata.labels, 'holdfast.dev/run': 'another' }),
);

function bytes(cluster: FakeCluster): string[] {
  return cluster.store
    .all()
    .filter((object) => object.kind === 'VirtualService')
    .map(({ metadata, spec }) =>
      JSON.stringify([metadata.namespace, metadata.name, spec, metadata.labels, metadata.annotations]),
    );
}

describe('whatever people do to VirtualServices between injection and rollback', () => {
  it('theirs stays, ours goes, and each object of which something changed is told', () =>
    fc.assert(
      fc.asyncProperty(
        rules,
        faultSpecs,
        fc.array(theirs, { maxLength: 4 }),
        fc.option(ours),
        fc.boolean(),
        async (objects, spec, edits, last, looksBetween) => {
          const cluster = createFakeCluster([...world, ...objects]);
          const context = driverContext(cluster);
          const driver = createIstioDriver();
          const what = fault(spec);
          const ready = await driver.preflight('r1', what, experiment(what), context);
          const changes = ready.plan.changes;
          fc.pre(ready.findings.every((it) => it.severity !== 'error') && changes.every((it) => it.verb === 'update'));
          const undisturbed = createFakeCluster([...world, ...objects]);
          const injected = await driver.inject(ready, context);
          const drift = [];
          for (const edit of [...edits, ...(last === null ? [] : [last])]) {
            for (const { object } of changes) {
              const key = { namespace: object.namespace ?? '', name: object.name };
              cluster.edit('VirtualService', key, edit);
              if (edit !== last) undisturbed.edit('VirtualService', key, edit);
            }
            if (looksBetween) drift.push(...(await driver.observe(ready.handle, injected, context)).drift);
          }
          drift.push(...(await driver.rollback(ready.handle, context)).drift);
          expect(bytes(cluster)).toEqual(bytes(undisturbed));
          expect(JSON.stringify(bytes(cluster))).not.toMatch(/holdfast\.dev|holdfast-r1/);
          const told = new Set(drift.map(({ object }) => object.name));
          const changed = changes.filter(({ object }) => isChanged(object.name, undisturbed, objects));
          for (const { object } of changed) expect([...told]).toContain(object.name);
          // Two looks never tell the same change.
          expect(drift.length).toBeLessThanOrEqual(changes.length * (looksBetween ? edits.length + 1 : 1));
        },
      ),
      { numRuns: 120 },
    ));
});

function isChanged(name: string, after: FakeCluster, before: readonly KubernetesObject[]): boolean {
  const was = bytes(createFakeCluster([...world, ...before])).find((it) => it.includes(`"${name}"`));
  return !bytes(after).includes(was ?? '');
}
