import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { isExec, isTc } from './catalogue.ts';
import { portRanges } from './flag-values.ts';
import { firstRunning } from './pods.ts';
import type { Resolution } from './resolve.ts';

/** Actions that the tool carries out by `iptables`. Source: chaosblade-exec-os 1.7, issue 1258. */
const BY_IPTABLES = ['drop', 'dns_down'];

/** What the operator would do and nobody means: hit the proxy, have the container restarted, miss a program. */
export function checkSideEffects(spec: ChaosBladeFaultSpec, { pods }: Resolution): readonly Finding[] {
  return [...checkIptables(spec), ...checkFirstContainer(spec, pods), ...checkLiveness(spec, pods)];
}

function checkIptables({ target, action }: ChaosBladeFaultSpec): Finding[] {
  if (target !== 'network' || !BY_IPTABLES.includes(action)) return [];
  const message = `network ${action} needs iptables, which the tool image does not bring.`;
  return [finding('TOOL_LACKS_IPTABLES', message, undefined, 'Use `loss` with percent 100, or an image that has it.')];
}

/** In scope pod the operator enters the first container that runs; for the network all of them are the same. */
function checkFirstContainer(spec: ChaosBladeFaultSpec, pods: readonly KubernetesObject[]): Finding[] {
  if (spec.scope !== 'pod' || spec.target === 'network' || !isExec(spec)) return [];
  const hit = pods.filter((pod) => firstRunning(pod) === 'istio-proxy').map(({ metadata }) => metadata.name);
  if (hit.length === 0) return [];
  const message = `In ${hit.join(', ')} the operator would hit istio-proxy and not the application.`;
  return [finding('HITS_PROXY', message, undefined, 'Use scope container with `container-names`.')];
}

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort?: number }[];
  readonly livenessProbe?: Readonly<
    Partial<Record<'httpGet' | 'tcpSocket' | 'grpc', { readonly port?: number | string }>>
  >;
}

/** A restarted container has another id, by which the operator does not find what to undo. Source: chaosblade issue 485. */
function checkLiveness(spec: ChaosBladeFaultSpec, pods: readonly KubernetesObject[]): Finding[] {
  if (spec.scope === 'node' || !isTc(spec)) return [];
  return pods.flatMap((pod) => {
    const { containers = [] } = (pod['spec'] ?? {}) as { readonly containers?: readonly Container[] };
    const hit = containers.filter((container) => livenessPorts(container).some((port) => hitsPort(spec, port)));
    if (hit.length === 0) return [];
    const where = `Pod ${pod.metadata.namespace}/${pod.metadata.name}`;
    const message = `The fault hits the liveness probe of ${hit.map(({ name }) => name).join(', ')} in ${where} too.`;
    return [finding('LIVENESS_AT_RISK', message, where, 'Narrow it by ports; a restarted container is not undone.')];
  });
}

function livenessPorts({ livenessProbe = {}, ports = [] }: Container): readonly number[] {
  const { httpGet, tcpSocket, grpc } = livenessProbe;
  return [httpGet, tcpSocket, grpc].flatMap((probe) => {
    const port =
      typeof probe?.port === 'string' ? ports.find(({ name }) => name === probe.port)?.containerPort : probe?.port;
    return port === undefined ? [] : [port];
  });
}

/** Replies to the kubelet leave from the probe's port, to a port and an address that nobody can name before. */
function hitsPort({ flags }: ChaosBladeFaultSpec, port: number): boolean {
  const local = flags['local-port'];
  if (local !== undefined) return portRanges(local).some(({ from, to }) => port >= from && port <= to);
  return flags['remote-port'] === undefined && flags['destination-ip'] === undefined;
}
