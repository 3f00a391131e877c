import type { IstioFaultSpec } from '../../model/fault.ts';
import type { Finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { finding } from './findings.ts';
import type { ServiceName } from './host.ts';

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly appProtocol?: string;
}

interface ServiceSpec {
  readonly type?: string;
  readonly ports?: readonly ServicePort[];
  readonly selector?: Readonly<Record<string, string>>;
}

interface Slice {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}

/** Ports so named are not HTTP to Istio; a name it does not know is sniffed. Source: istio pkg/config/protocol. */
const NOT_HTTP = ['tcp', 'tls', 'https', 'udp', 'mongo', 'mysql', 'redis'];

/** Whether the host is a Service with something behind it, on a port that Istio treats as HTTP. */
export function checkService(
  spec: IstioFaultSpec,
  name: ServiceName,
  service: KubernetesObject | undefined,
  slices: readonly KubernetesObject[],
): readonly Finding[] {
  if (service === undefined) {
    const message = `There is no Service ${name.namespace}/${name.name}, so a rule for ${spec.service} would be for nobody.`;
    return [
      finding(
        'NO_SERVICE',
        message,
        `Service ${name.namespace}/${name.name}`,
        'Short names resolve in spec.namespace.',
      ),
    ];
  }
  return [...checkEndpoints(service, slices), ...checkPorts(spec, service)];
}

function checkEndpoints(service: KubernetesObject, slices: readonly KubernetesObject[]): Finding[] {
  const { type, selector = {} } = specOf(service);
  const endpoints = slices.flatMap((slice) => (slice as unknown as Slice).endpoints ?? []);
  // An absent condition counts as ready. Source: discovery.k8s.io/v1 EndpointConditions.
  if (type === 'ExternalName' || endpoints.some((endpoint) => endpoint.conditions?.ready !== false)) return [];
  const pods = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const message = `${describeObject(service)} has no ready endpoint.`;
  return [
    finding(
      'NO_ENDPOINTS',
      message,
      describeObject(service),
      `Compare its selector (${pods.join(',')}) with the labels of ready pods.`,
    ),
  ];
}

function checkPorts({ match }: IstioFaultSpec, service: KubernetesObject): Finding[] {
  const where = describeObject(service);
  const ports = (specOf(service).ports ?? []).filter((port) => match.port === undefined || port.port === match.port);
  if (match.port !== undefined && ports.length === 0) {
    return [finding('PORT_NOT_HTTP', `${where} has no port ${match.port}.`, where)];
  }
  if (ports.length === 0 || ports.some(isHttp)) return [];
  const named = ports.map(({ name, port, appProtocol }) => `${port} (${appProtocol ?? name ?? 'unnamed'})`);
  const message = `${where} has no HTTP port: ${named.join(', ')}. Istio ignores HTTP faults there.`;
  return [finding('PORT_NOT_HTTP', message, where, 'Name the port http or http-..., or set appProtocol: http.')];
}

/** `appProtocol` wins over the name; what Istio does not know it finds out by looking at the bytes. */
function isHttp({ name = '', appProtocol }: ServicePort): boolean {
  const protocol = (appProtocol ?? name).toLowerCase().split('-')[0] ?? '';
  return !NOT_HTTP.includes(protocol);
}

function specOf(service: KubernetesObject): ServiceSpec {
  return service['spec'] ?? {};
}
