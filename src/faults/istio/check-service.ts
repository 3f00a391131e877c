import type { IstioFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { hasLabels } from '../pods.ts';
import type { Survey } from './survey.ts';

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
export function checkService(spec: Pick<IstioFaultSpec, 'match'>, survey: Survey): readonly Finding[] {
  const { service, question } = survey;
  if (service === undefined) {
    const where = `Service ${question.service.namespace}/${question.service.name}`;
    const message = `There is no ${where}, so a rule for it would be for nobody.`;
    return [finding('NO_SERVICE', message, where, 'Short names resolve in spec.namespace.')];
  }
  return [...checkEndpoints(service, survey), ...checkPorts(spec, service)];
}

function checkEndpoints(service: KubernetesObject, { endpointSlices, servicePods }: Survey): Finding[] {
  const { type, selector = {} } = specOf(service);
  const endpoints = endpointSlices.flatMap((slice) => (slice as unknown as Slice).endpoints ?? []);
  // An absent condition counts as ready. Source: discovery.k8s.io/v1 EndpointConditions.
  if (type === 'ExternalName' || endpoints.some((endpoint) => endpoint.conditions?.ready !== false)) return [];
  const where = describeObject(service);
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const chosen = servicePods?.filter((pod) => hasLabels(pod, selector));
  const why =
    chosen === undefined
      ? ''
      : chosen.length === 0
        ? `: no pod has the labels of its selector (${labels.join(',')})`
        : `: none of the ${chosen.length} pods of its selector is ready`;
  const hint = `Compare its selector (${labels.join(',')}) with the labels of ready pods.`;
  return [finding('NO_ENDPOINTS', `${where} has no ready endpoint${why}.`, where, hint)];
}

function checkPorts({ match }: Pick<IstioFaultSpec, 'match'>, service: KubernetesObject): Finding[] {
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
