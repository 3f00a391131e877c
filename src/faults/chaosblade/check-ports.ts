import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { isTc } from './catalogue.ts';
import { portRanges } from './flag-values.ts';
import { listAll } from './resources.ts';

/** Kubernetes' default range; a cluster may have another. */
const NODE_PORTS = { from: 30_000, to: 32_767 };

interface ServicePort {
  readonly service: string;
  readonly nodePort: number;
}

/** On a node a local port is a NodePort, or that of a process on the host. */
export async function checkPorts(spec: ChaosBladeFaultSpec, context: DriverContext): Promise<readonly Finding[]> {
  const local = spec.flags['local-port'];
  if (spec.scope !== 'node' || !isTc(spec) || local === undefined) return [];
  const published = (await listAll(context, '', 'services')).flatMap(nodePorts);
  return portRanges(local).flatMap(({ from, to }) => {
    if (published.some(({ nodePort }) => nodePort >= from && nodePort <= to)) return [];
    const range = from === to ? `${from}` : `${from}-${to}`;
    const all = published.map(({ service, nodePort }) => `${nodePort} (${service})`).join(', ');
    const hint = all === '' ? 'No Service of the cluster has a NodePort.' : `NodePorts: ${all}.`;
    if (from < NODE_PORTS.from || to > NODE_PORTS.to) {
      const message = `No Service has NodePort ${range}; only a process on the host itself could send from it.`;
      return [finding('PORT_NOT_PUBLISHED', message, undefined, hint)];
    }
    return [
      finding('NODE_PORT_UNKNOWN', `No Service has NodePort ${range}: no packet leaves from it.`, undefined, hint),
    ];
  });
}

function nodePorts({ metadata, spec }: KubernetesObject): readonly ServicePort[] {
  const { ports = [] } = (spec ?? {}) as { ports?: { nodePort?: number }[] };
  const service = `${metadata.namespace}/${metadata.name}`;
  return ports.flatMap(({ nodePort }) => (nodePort === undefined ? [] : [{ service, nodePort }]));
}
