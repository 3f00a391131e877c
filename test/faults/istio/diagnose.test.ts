import { expect, it, describe } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster, type FakeCluster } from '../../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, ratingsV1, virtualService } from '../../helpers/istio-world.ts';

const subsets: KubernetesObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'ratings', namespace: 'default' },
  spec: { host: 'ratings', subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
};

/** Injects, lets somebody change the mesh, and looks again. */
async function afterwards(objects: readonly KubernetesObject[], change: (cluster: FakeCluster) => void) {
  const cluster = createFakeCluster([...bookinfo, ...objects]);
  const context = driverContext(cluster);
  const driver = createIstioDriver();
  const what = fault();
  const inside = experiment(what);
  const prepared = await driver.preflight('r1', what, inside, context);
  expect(prepared.findings).toEqual([]);
  await driver.inject(prepared, context);
  change(cluster);
  const written = cluster.writes.length;
  const found = (await driver.diagnose?.(prepared, inside, context)) ?? [];
  expect(cluster.writes).toHaveLength(written);
  return found.map(({ code }) => code);
}

describe('looking again while an Istio fault is in', () => {
  it('finds nothing where nothing has changed, and does not take our own routes for a fault of others', async () => {
    expect(await afterwards([ratingsV1, subsets], () => {})).toEqual([]);
    expect(await afterwards([], () => {})).toEqual([]);
  });

  it.each<[string, string, (cluster: FakeCluster) => void]>([
    [
      'OTHER_VIRTUALSERVICE',
      'a rule came up that names the host too',
      (cluster) => cluster.put(virtualService('younger', { hosts: ['ratings'], http: [] })),
    ],
    [
      'GATEWAY_ONLY',
      'somebody bound the rule to a gateway',
      (cluster) => cluster.edit('VirtualService', at('ratings'), (it) => ((it.spec ??= {})['gateways'] = ['gw'])),
    ],
    ['SUBSET_EMPTY', 'the pods of the subset are gone', (cluster) => cluster.drop('Pod', at('ratings-v1-1'))],
    [
      'NO_SIDECAR',
      'the callers were started again without sidecars',
      (cluster) => {
        for (const name of ['productpage-v1-1', 'reviews-v2-1'])
          cluster.edit('Pod', at(name), (it) => (it.spec = { containers: [{ name: 'app' }] }));
      },
    ],
    [
      'CONTROL_PLANE_DOWN',
      'istiod is not ready any more',
      (cluster) =>
        cluster.edit('Pod', { namespace: 'istio-system', name: 'istiod-1' }, (it) => {
          it.status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] };
        }),
    ],
  ])('finds %s when %s', async (code, _what, change) => {
    expect(await afterwards([ratingsV1, subsets], change)).toContain(code);
  });
});

const at = (name: string) => ({ namespace: 'default', name });
