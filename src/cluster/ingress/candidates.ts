import { exposedPort, type ExposedPort } from './exposed-port.ts';
import { isReady, type Node, type Pod, type Service } from './shapes.ts';

/** An address that may lead to the gateway, and which rule gave it. */
export interface Candidate {
  readonly address: string;
  readonly port: number;
  readonly how: string;
}

export interface Candidates {
  /** In order of preference. */
  readonly addresses: readonly Candidate[];
  /** Why rules gave none: what a user would ask about. */
  readonly notes: readonly string[];
}

/** Beyond that many nodes another one is no better. */
const MOST_NODES = 3;

/**
 * Every address that Services and pods of a gateway give for one of its servers, best first: load balancer, external IP,
 * node port, host port.
 */
export function candidates(
  serverPort: number,
  pods: readonly Pod[],
  services: readonly Service[],
  nodes: readonly Node[],
): Candidates {
  const notes: string[] = [];
  const addresses = services.flatMap((service) => {
    const port = exposedPort(service, pods, serverPort);
    if (port !== undefined) return ofService(service, port, pods, nodes, notes);
    notes.push(`${nameOf(service)} has no port for ${serverPort}`);
    return [];
  });
  return { addresses: [...addresses, ...hostPorts(serverPort, pods)], notes };
}

function ofService(
  service: Service,
  { port, nodePort }: ExposedPort,
  pods: readonly Pod[],
  nodes: readonly Node[],
  notes: string[],
): Candidate[] {
  const name = nameOf(service);
  const balancers = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  if (service.spec?.type === 'LoadBalancer' && balancers.length === 0)
    notes.push(`load balancer of ${name} is <pending>`);
  const external = service.spec?.externalIPs ?? [];
  return [
    ...balancers.map((address) => ({ address, port, how: `load balancer of ${name}` })),
    ...external.map((address) => ({ address, port, how: `external IP of ${name}` })),
    ...(nodePort === undefined ? [] : nodePorts(service, nodePort, pods, nodes)),
  ];
}

function nodePorts(service: Service, port: number, pods: readonly Pod[], nodes: readonly Node[]): Candidate[] {
  const rule = `node port ${port} of ${nameOf(service)}`;
  const hosts = unique(pods.flatMap((pod) => pod.status?.hostIP ?? []));
  // With `Local` only nodes that run a gateway pod answer.
  const local = service.spec?.externalTrafficPolicy === 'Local';
  const homes = new Set(pods.map((pod) => pod.spec?.nodeName));
  const others = nodes
    .filter((node) => isReady(node) && (!local || homes.has(node.metadata.name)))
    .slice(0, MOST_NODES);
  const ofType = (type: string): Candidate[] =>
    others.flatMap((node) =>
      (node.status?.addresses ?? [])
        .filter((each) => each.type === type && !hosts.includes(each.address))
        .map(({ address }) => ({ address, port, how: `${rule} on node ${node.metadata.name} (${type})` })),
    );
  return [
    ...hosts.slice(0, MOST_NODES).map((address) => ({ address, port, how: `${rule} on the node of a gateway pod` })),
    ...ofType('ExternalIP'),
    ...ofType('InternalIP'),
  ];
}

function hostPorts(serverPort: number, pods: readonly Pod[]): Candidate[] {
  return pods.flatMap((pod) => {
    const address = pod.status?.hostIP;
    if (address === undefined) return [];
    const name = `Pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    if (pod.spec?.hostNetwork === true) return [{ address, port: serverPort, how: `host network of ${name}` }];
    return (pod.spec?.containers ?? [])
      .flatMap((container) => container.ports ?? [])
      .filter((port) => port.containerPort === serverPort && port.hostPort !== undefined)
      .map((port) => ({ address, port: port.hostPort ?? 0, how: `host port of ${name}` }));
  });
}

function nameOf(service: Service): string {
  return `Service ${service.metadata.namespace ?? ''}/${service.metadata.name}`;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
