import type { StoredObject } from '../../src/sandbox/store.ts';
import { readyPods } from './bookinfo-world.ts';
import type { TestSandbox } from './start-sandbox.ts';
import { until } from './until.ts';

/** For the store. */
export const RULES = 'virtualservices.networking.istio.io';
export type Json = Readonly<Record<string, unknown>>;

/** An abort of details that its proof asks for. */
export const details = (more = '', ask = 'path: /api/v1/products/0') => `
    - name: broken
      abort: { service: details, httpStatus: 555${more} }
      proof: { http: { ${ask} }, expect: { status: 555 } }
`;
/** An abort of ratings, with what its proof asks for. */
export const ratings = (ask: string) => `
    - name: broken
      abort: { service: ratings, httpStatus: 500 }
      proof: { http: { ${ask} }, expect: { status: 200, body: { contains: Ratings service is currently unavailable } } }
`;

/** Changes the spec of an object in `default`. */
export function change({ store }: TestSandbox, resource: string, name: string, how: (spec: Json) => Json): void {
  const object = store.get(resource, 'default', name) as StoredObject;
  const spec = JSON.parse(JSON.stringify(how(object['spec'] as Json))) as Json;
  store.update(resource, { ...object, spec });
}

/** Starts productpage again without its sidecar. */
export async function stripProductpage(sandbox: TestSandbox): Promise<void> {
  const out = { 'sidecar.istio.io/inject': 'false' };
  change(sandbox, 'deployments.apps', 'productpage-v1', (spec) => {
    const template = spec['template'] as { metadata: { labels: Json } };
    return {
      ...spec,
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata.labels, ...out } } },
    };
  });
  await until(
    'productpage runs without a sidecar',
    () => {
      const pods = sandbox.store
        .list('pods', 'default')
        .filter(({ metadata }) => metadata.labels?.['app'] === 'productpage');
      return (
        readyPods(sandbox, 'productpage').length > 0 &&
        pods.every(({ metadata }) => metadata.labels?.['sidecar.istio.io/inject'] === 'false')
      );
    },
    30_000,
  );
}

/** Creates a VirtualService in `default`. */
export function createRule({ store }: TestSandbox, name: string, spec: Json): void {
  store.create(RULES, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'default' },
    spec,
  });
}

/** Istiod is deleted, and something holds its pod back. */
export async function holdIstiod({ store }: TestSandbox): Promise<void> {
  const find = () => store.list('pods', 'istio-system').filter(({ metadata }) => metadata.labels?.['app'] === 'istiod');
  for (const pod of find()) {
    store.update('pods', { ...pod, metadata: { ...pod.metadata, finalizers: ['test/hold'] } });
  }
  const deployment = store.get('deployments.apps', 'istio-system', 'istiod') as StoredObject;
  store.update('deployments.apps', { ...deployment, spec: { ...(deployment['spec'] as Json), replicas: 0 } });
  await until('istiod ends', () => find().every(({ metadata }) => metadata.deletionTimestamp !== undefined), 30_000);
}

/** Changes another rule again and again, so that the control plane does not come to telling anybody: it waits for quiet. */
export function keepBusy(sandbox: TestSandbox): () => void {
  createRule(sandbox, 'other', { hosts: ['other'], http: [toDetails] });
  let n = 0;
  const timer = setInterval(() => {
    n += 1;
    change(sandbox, RULES, 'other', (spec) => ({ ...spec, hosts: [`other-${n}`] }));
  }, 200);
  return () => clearInterval(timer);
}

/** A route to details. */
export const toDetails = { route: [{ destination: { host: 'details', subset: 'v1' } }] };
