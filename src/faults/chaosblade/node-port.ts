import type { ChaosBladeFaultSpec, Fault } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { listAll } from './resources.ts';

/** A fault whose local ports are numbers, or what stands in the way of that. */
export interface PortLookup {
  readonly fault: Fault<ChaosBladeFaultSpec>;
  readonly findings: readonly Finding[];
}

/** Looks up the NodePort of the Service port that the fault names instead of a number: clusters draw them. */
export async function lookUpNodePort(fault: Fault<ChaosBladeFaultSpec>, context: DriverContext): Promise<PortLookup> {
  const { nodePortOf, ...spec } = fault.spec;
  if (nodePortOf === undefined) return { fault, findings: [] };
  const { namespace, service, port } = nodePortOf;
  const services = await listAll(context, '', 'services');
  const found = services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === service);
  const ports = found === undefined ? [] : portsOf(found);
  const { nodePort } = ports.find((it) => it.name === port || String(it.port) === port) ?? {};
  if (nodePort !== undefined) {
    return {
      fault: { ...fault, spec: { ...spec, flags: { ...spec.flags, 'local-port': String(nodePort) } } },
      findings: [],
    };
  }
  const where = `Service ${namespace}/${service}`;
  const message = found === undefined ? `There is no ${where}.` : `Port ${port} of ${where} has no NodePort.`;
  const hint = ports.length === 0 ? undefined : `Its ports: ${ports.map(describePort).join(', ')}.`;
  return { fault, findings: [finding('NODE_PORT_UNKNOWN', message, where, hint)] };
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly nodePort?: number;
}

function portsOf({ spec }: KubernetesObject): readonly ServicePort[] {
  return ((spec ?? {}) as { readonly ports?: readonly ServicePort[] }).ports ?? [];
}

function describePort({ name, port, nodePort }: ServicePort): string {
  return `${port}${name === undefined ? '' : ` (${name})`}${nodePort === undefined ? ' without NodePort' : ` on NodePort ${nodePort}`}`;
}
