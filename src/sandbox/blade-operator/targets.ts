import type { NetworkNamespace } from '../traffic-faults.ts';
import type { ContainerStatus, Pod } from '../workloads/kinds.ts';

/** One node, or one container of a pod, that an experiment hits. */
export interface Target {
  readonly scope: 'node' | 'pod' | 'container';
  /** The node's or the pod's name. */
  readonly name: string;
  readonly node: string;
  readonly network: NetworkNamespace;
  readonly pod?: { readonly namespace: string; readonly uid: string };
  /** `<container>/<containerId>/<runtime>`. */
  readonly container?: string;
}

export function nodeTarget(name: string): Target {
  return { scope: 'node', name, node: name, network: { kind: 'node', name } };
}

export function containerTarget(scope: 'pod' | 'container', pod: Pod, container: ContainerStatus): Target {
  const { name, namespace = '', uid = '' } = pod.metadata;
  const node = pod.spec.nodeName ?? '';
  const [runtime = '', id = ''] = (container.containerID ?? '').split('://');
  return {
    scope,
    name,
    node,
    network:
      pod.spec.hostNetwork === true ? { kind: 'node', name: node } : { kind: 'pod', ip: pod.status?.podIP ?? '' },
    pod: { namespace, uid },
    container: `${container.name}/${id}/${runtime}`,
  };
}

/** How a status names a target; what the operator does itself has no container in it. */
export function identifierOf(target: Target, ofOperator: boolean): string {
  if (target.pod === undefined) return `/${target.node}/`;
  const pod = `${target.pod.namespace}/${target.node}/${target.name}`;
  return ofOperator ? pod : `${pod}/${target.container}`;
}
