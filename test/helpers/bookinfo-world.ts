import type { StoredObject } from '../../src/sandbox/store.ts';
import { isReady } from '../../src/sandbox/workloads/kinds.ts';
import type { Deployment, Pod } from '../../src/sandbox/workloads/kinds.ts';
import { httpGet } from './http-get.ts';
import type { HttpAnswer } from './http-get.ts';
import type { TestSandbox } from './start-sandbox.ts';
import { until } from './until.ts';

/** What productpage shows, and what it shows in its place. */
export const MARKS = {
  starsV2: 'glyphicon-star text-black-500',
  starsV3: 'glyphicon-star text-red-500',
  noDetails: 'Error fetching product details',
  noReviews: 'Error fetching product reviews',
  noRatings: 'Ratings service is currently unavailable',
} as const;

type Fault = Readonly<Record<string, unknown>>;

export function delay(fixedDelay: string): Fault {
  return { delay: { fixedDelay, percentage: { value: 100 } } };
}

export function abort(httpStatus: number, percent = 100): Fault {
  return { abort: { httpStatus, percentage: { value: percent } } };
}

/** A match block for requests of one signed-in user. */
export function endUser(user: string): unknown {
  return { headers: { 'end-user': { exact: user } } };
}

/** A visitor through the ingress, signed in when a name is given. */
export async function visitor(
  { ingressUrl }: TestSandbox,
  name?: string,
): Promise<(path: string) => Promise<HttpAnswer>> {
  if (name === undefined) return (path) => httpGet(`${ingressUrl}${path}`);
  const { headers } = await httpGet(`${ingressUrl}/login`, { method: 'POST', body: `username=${name}&passwd=any` });
  const cookie = headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
  return (path) => httpGet(`${ingressUrl}${path}`, { headers: { cookie } });
}

export async function productpage(sandbox: TestSandbox, user?: string): Promise<HttpAnswer> {
  return (await visitor(sandbox, user))('/productpage');
}

/** Replaces the HTTP routes of a VirtualService in namespace default. */
export function updateRoutes(
  { store }: TestSandbox,
  name: string,
  change: (routes: readonly unknown[]) => unknown[],
): void {
  const resource = 'virtualservices.networking.istio.io';
  const object = store.get(resource, 'default', name) as StoredObject & { spec: { http: unknown[] } };
  // As JSON, for what is undefined here is absent in the object.
  const spec: unknown = JSON.parse(JSON.stringify({ ...object.spec, http: change(object.spec.http) }));
  store.update(resource, { ...object, spec });
}

/** jason keeps reviews v2, rosalind gets v3. */
export async function routeRosalindToV3(sandbox: TestSandbox): Promise<void> {
  updateRoutes(sandbox, 'reviews', (original) => [
    { match: [endUser('rosalind')], route: [{ destination: { host: 'reviews', subset: 'v3' } }] },
    ...original,
  ]);
  await until('rosalind sees red', async () => (await productpage(sandbox, 'rosalind')).body.includes(MARKS.starsV3));
}

export function readyPods({ store }: TestSandbox, app: string): Pod[] {
  const pods = store.list('pods', 'default') as Pod[];
  return pods.filter((pod) => pod.metadata.labels?.['app'] === app && isReady(pod));
}

export function scale({ store }: TestSandbox, name: string, replicas: number): void {
  const now = store.get('deployments.apps', 'default', name) as Deployment;
  store.update('deployments.apps', { ...now, spec: { ...now.spec, replicas } });
}
