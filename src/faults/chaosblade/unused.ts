import { HoldfastError } from '../../model/errors.ts';
import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { hasLabels } from '../pods.ts';
import { isTc } from './catalogue.ts';
import { portRanges } from './flag-values.ts';
import { listAll } from './resources.ts';

/** What container network plugins call a pod's way to others, as a rule. */
const POD_DEVICE = 'eth0';

/** Whether requests come through the device at all, as far as its name tells. */
export function checkInterface(spec: ChaosBladeFaultSpec): readonly Finding[] {
  const device = spec.flags['interface'];
  if (!isTc(spec) || device === undefined) return [];
  const hint = 'A device that requests do not come through exists all the same, so the operator says success.';
  if (device === 'lo') {
    return [finding('INTERFACE_UNUSED', 'Through lo goes only what a machine sends to itself.', undefined, hint)];
  }
  if (spec.scope === 'node' || device === POD_DEVICE) return [];
  const message = `The fault shapes ${device}; a pod reaches others through ${POD_DEVICE} as a rule.`;
  return [finding('INTERFACE_UNUSED', message, undefined, hint)];
}

/** Whether containers or Services have the ports that the fault is narrowed to. Those of nodes are checked beforehand. */
export async function checkPortUse(
  spec: ChaosBladeFaultSpec,
  pods: readonly KubernetesObject[],
  context: DriverContext,
): Promise<readonly Finding[]> {
  const { 'local-port': local, 'remote-port': remote } = spec.flags;
  const isLocal = local !== undefined && spec.scope !== 'node';
  if (!isLocal && remote === undefined) return [];
  const services = await servicesSeen(context);
  if (services === undefined) return [];
  const own = services.filter((service) => pods.some((pod) => selects(service, pod)));
  return [
    ...(isLocal ? missing(local, 'local-port', [...pods.flatMap(containerPorts), ...own.flatMap(servicePorts)]) : []),
    ...(remote === undefined ? [] : missing(remote, 'remote-port', services.flatMap(servicePorts))),
  ];
}

function missing(value: string, flag: 'local-port' | 'remote-port', known: readonly number[]): readonly Finding[] {
  const isUsed = portRanges(value).some(({ from, to }) => known.some((port) => port >= from && port <= to));
  // Ports need not be declared: where none is, nothing is known of them.
  if (isUsed || known.length === 0) return [];
  const list = [...new Set(known)].sort((a, b) => a - b).join(', ');
  const whose = flag === 'local-port' ? 'No container of the targets and no Service of theirs has' : 'No Service has';
  const message = `${whose} port ${value} (${flag}); there are ${list}.`;
  const hint =
    flag === 'local-port'
      ? 'The port that counts is the one the container listens on.'
      : 'Only a server outside of the cluster could be meant.';
  return [finding('PORT_UNUSED', message, undefined, hint)];
}

interface Port {
  readonly port?: number;
  readonly targetPort?: number | string;
  readonly containerPort?: number;
}

function servicePorts({ spec }: KubernetesObject): readonly number[] {
  const { ports = [] } = (spec ?? {}) as { readonly ports?: readonly Port[] };
  return ports.flatMap(({ port, targetPort }) => [port, targetPort].filter((it) => typeof it === 'number'));
}

function containerPorts({ spec }: KubernetesObject): readonly number[] {
  const { containers = [] } = (spec ?? {}) as { readonly containers?: readonly { readonly ports?: readonly Port[] }[] };
  return containers.flatMap(({ ports = [] }) => ports.flatMap(({ containerPort }) => containerPort ?? []));
}

function selects({ metadata, spec }: KubernetesObject, pod: KubernetesObject): boolean {
  const { selector } = (spec ?? {}) as { readonly selector?: Readonly<Record<string, string>> };
  return selector !== undefined && metadata.namespace === pod.metadata.namespace && hasLabels(pod, selector);
}

/** Undefined where the identity may not see Services. */
async function servicesSeen(context: DriverContext): Promise<readonly KubernetesObject[] | undefined> {
  try {
    return await listAll(context, '', 'services');
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'API_FORBIDDEN') return undefined;
    throw error;
  }
}
