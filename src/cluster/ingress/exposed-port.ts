import type { Pod, Service, ServicePort } from './shapes.ts';

export interface ExposedPort {
  /** The Service's own. */
  readonly port: number;
  readonly nodePort?: number;
}

/**
 * The Service port behind which a gateway's server listens: the one of that number (Envoy then listens on its
 * targetPort), else the one whose targetPort has that number (Istio takes both, spec 4.1).
 */
export function exposedPort(service: Service, pods: readonly Pod[], serverPort: number): ExposedPort | undefined {
  const ports = service.spec?.ports ?? [];
  const byPort = ports.filter((each) => each.port === serverPort);
  const byTarget = ports.filter((each) => containerPort(each, pods) === serverPort);
  return preferred(byPort) ?? preferred(byTarget);
}

/** The container port on which the gateway's Envoy listens for a server. */
export function listenerPort(services: readonly Service[], pods: readonly Pod[], serverPort: number): number {
  for (const service of services) {
    const port = service.spec?.ports?.find((each) => each.port === serverPort);
    if (port !== undefined) return containerPort(port, pods);
  }
  return serverPort;
}

/** Of several, the stock names first. */
function preferred(ports: readonly ServicePort[]): ServicePort | undefined {
  const rank = (port: ServicePort): number => ['http2', 'http', 'https'].indexOf(port.name ?? '') >>> 0;
  return [...ports].sort((a, b) => rank(a) - rank(b))[0];
}

function containerPort(port: ServicePort, pods: readonly Pod[]): number {
  const { targetPort = port.port } = port;
  if (typeof targetPort === 'number') return targetPort;
  const named = pods
    .flatMap((pod) => pod.spec?.containers ?? [])
    .flatMap((container) => container.ports ?? [])
    .find((each) => each.name === targetPort);
  return named?.containerPort ?? port.port;
}
