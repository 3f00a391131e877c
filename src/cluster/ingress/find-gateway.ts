import { HoldfastError } from '../../model/errors.ts';
import type { IngressSpec } from '../../model/experiment.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { nearestName } from '../../util/nearest-name.ts';
import type { Cluster, Resource } from '../cluster.ts';
import { takesIn, withoutNamespace } from './host-match.ts';
import type { Gateway } from './shapes.ts';

export interface GatewayQuery {
  readonly cluster: Cluster;
  readonly ingress: IngressSpec;
  /** The experiment's namespace. */
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** The Gateway object that the experiment names, or the one that its namespace leaves no doubt about. */
export async function findGateway(query: GatewayQuery): Promise<Gateway> {
  const { cluster, ingress, namespace, signal } = query;
  const resource = await cluster.resource('networking.istio.io', 'gateways', { signal });
  if (resource === undefined) {
    throw notFound(
      'This cluster serves no Istio Gateways (networking.istio.io).',
      'Install Istio, or set `ingress.url`.',
    );
  }
  if (ingress.gateway !== undefined) return named(query, resource, ingress.gateway);

  const gateways = await cluster.list(resource, { namespace, signal });
  const { host } = ingress;
  const serving = host === undefined ? gateways : gateways.filter((gateway) => serves(gateway, host));
  const [only, another] = serving;
  if (only === undefined) throw none(gateways, query);
  if (another !== undefined) throw several(serving, query);
  return only;
}

async function named(
  { cluster, namespace, signal }: GatewayQuery,
  resource: Resource,
  wanted: string,
): Promise<Gateway> {
  const slash = wanted.indexOf('/');
  const key =
    slash === -1 ? { namespace, name: wanted } : { namespace: wanted.slice(0, slash), name: wanted.slice(slash + 1) };
  const gateway = await cluster.read(resource, key, { signal });
  if (gateway !== undefined) return gateway;
  const others = await cluster.list(resource, { namespace: key.namespace, signal });
  const near = nearestName(
    key.name,
    others.map((other) => other.metadata.name),
  );
  throw notFound(
    `There is no Gateway ${key.namespace}/${key.name}; that namespace has ${listed(others)}.`,
    near === undefined ? 'Correct `ingress.gateway`.' : `Did you mean \`ingress.gateway: ${key.namespace}/${near}\`?`,
  );
}

function serves(gateway: Gateway, host: string): boolean {
  return (gateway.spec?.servers ?? []).some((server) =>
    (server.hosts ?? []).some((pattern) => takesIn(withoutNamespace(pattern), host)),
  );
}

function none(gateways: readonly Gateway[], { ingress, namespace }: GatewayQuery): HoldfastError {
  const wanted = ingress.host === undefined ? '' : ` that serves ${ingress.host}`;
  const instead = gateways.length === 0 ? '' : `; it has ${listed(gateways)}`;
  return notFound(
    `Namespace ${namespace} has no Gateway${wanted}${instead}.`,
    'Name one as `ingress.gateway: namespace/name`, or set `ingress.url`.',
  );
}

function several(gateways: readonly Gateway[], { namespace }: GatewayQuery): HoldfastError {
  return notFound(
    `Namespace ${namespace} has several Gateways: ${listed(gateways)}.`,
    'Name one as `ingress.gateway`, or set `ingress.host` to a host that only one of them serves.',
  );
}

function listed(objects: readonly KubernetesObject[]): string {
  return objects.length === 0 ? 'none' : objects.map((object) => object.metadata.name).join(', ');
}

function notFound(message: string, hint: string): HoldfastError {
  return new HoldfastError('INGRESS_NOT_FOUND', { message, where: 'ingress', hint });
}
