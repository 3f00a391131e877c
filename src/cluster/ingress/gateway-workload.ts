import { HoldfastError } from '../../model/errors.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { Cluster, ListOptions } from '../cluster.ts';
import { isReady, type Gateway, type Node, type Pod, type Service } from './shapes.ts';

/** What stands behind a Gateway object: Ready pods, the Services that select them, and nodes. */
export interface GatewayWorkload {
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  readonly nodes: readonly Node[];
  readonly notes: readonly string[];
}

/** Nothing is known by name: pods by the Gateway's selector, Services by theirs. */
export async function readGatewayWorkload(
  cluster: Cluster,
  gateway: Gateway,
  signal: AbortSignal,
): Promise<GatewayWorkload> {
  const selector = Object.entries(gateway.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (selector.length === 0) throw noPods(gateway, 'its selector is empty');
  const labelSelector = selector.join(',');
  const matching: readonly Pod[] = await list(cluster, 'pods', { labelSelector, signal });
  const pods = matching.filter(isReady);
  if (pods.length === 0) {
    const found = matching.length === 0 ? 'no pod matches' : `none of ${matching.length} matching pods is Ready for`;
    throw noPods(gateway, `${found} its selector ${labelSelector}`);
  }
  const namespaces = [...new Set(pods.map((pod) => pod.metadata.namespace ?? ''))];
  const services = await Promise.all(namespaces.map((namespace) => list(cluster, 'services', { namespace, signal })));
  const selecting = services.flat().filter((service: Service) => pods.some((pod) => selects(service, pod)));
  const notes = selecting.length === 0 ? ['no Service selects the gateway pods'] : [];
  return { pods, services: selecting, ...(await readNodes(cluster, notes, signal)) };
}

/** Rights may end at namespaces: then the nodes of the gateway pods have to do. */
async function readNodes(
  cluster: Cluster,
  notes: readonly string[],
  signal: AbortSignal,
): Promise<Pick<GatewayWorkload, 'nodes' | 'notes'>> {
  try {
    return { nodes: await list(cluster, 'nodes', { signal }), notes };
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'API_FORBIDDEN') throw error;
    return { nodes: [], notes: [...notes, 'nodes may not be listed'] };
  }
}

async function list(cluster: Cluster, plural: string, options: ListOptions): Promise<readonly KubernetesObject[]> {
  const resource = await cluster.resource('', plural, options);
  return resource === undefined ? [] : cluster.list(resource, options);
}

function selects(service: Service, pod: Pod): boolean {
  const selector = Object.entries(service.spec?.selector ?? {});
  return (
    selector.length > 0 &&
    service.metadata.namespace === pod.metadata.namespace &&
    selector.every(([key, value]) => pod.metadata.labels?.[key] === value)
  );
}

function noPods(gateway: Gateway, why: string): HoldfastError {
  return new HoldfastError('INGRESS_NOT_FOUND', {
    message: `Nothing serves the Gateway: ${why}.`,
    where: `Gateway ${gateway.metadata.namespace ?? ''}/${gateway.metadata.name}`,
    hint: 'Install or repair the ingress gateway, name another Gateway as `ingress.gateway`, or set `ingress.url`.',
  });
}
