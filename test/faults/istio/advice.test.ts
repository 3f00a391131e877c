import { describe, expect, it } from 'vitest';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster } from '../../helpers/fake-cluster.ts';
import { bookinfo, experiment, fault, pod, service } from '../../helpers/istio-world.ts';

async function look(objects: readonly KubernetesObject[]) {
  const what = fault();
  const context = driverContext(createFakeCluster(objects));
  return (await createIstioDriver().preflight('r1', what, experiment(what), context)).findings;
}

describe('the preflight of an Istio fault', () => {
  it.each([
    ['kubectl label --overwrite namespace default', { labels: {} }, {}, {}],
    ['Restart the pods', { labels: { 'istio-injection': 'enabled' } }, {}, {}],
    ['refuses injection', { labels: { 'istio-injection': 'enabled' } }, { 'sidecar.istio.io/inject': 'false' }, {}],
    ['on the network of its host', { labels: { 'istio-injection': 'enabled' } }, {}, { hostNetwork: true }],
  ])('advises about callers without sidecars: %s', async (advice, space, labels, more) => {
    const objects = bookinfo.map((it): KubernetesObject => {
      if (it.kind === 'Namespace') return { ...it, metadata: { name: 'default', ...space } };
      if (it.kind !== 'Pod' || it.metadata.namespace !== 'default') return it;
      return pod(it.metadata.name, { ...it.metadata.labels, ...labels }, { spec: { containers: [], ...more } });
    });
    const found = await look(objects);
    expect(found.find(({ code }) => code === 'NO_SIDECAR')?.hint).toContain(advice);
  });

  it('says why nothing is ready behind the service: no pod has the labels, or none of them is ready', async () => {
    const unready = [
      ...bookinfo.filter(({ kind, metadata }) => kind !== 'EndpointSlice' || metadata.name !== 'ratings-abc'),
      ...service('ratings', undefined, false).slice(1),
    ];
    expect((await look(unready))[0]?.message).toContain('none of the 1 pods of its selector is ready');
    const nobody = unready.filter(({ metadata }) => metadata.name !== 'ratings-v1-1');
    expect((await look(nobody))[0]?.message).toContain('no pod has the labels of its selector (app=ratings)');
  });
});
