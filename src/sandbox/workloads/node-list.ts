import type { Store } from '../store.ts';
import type { Pod } from './kinds.ts';
import { selects } from './kinds.ts';
import { timestamp } from './conditions.ts';

interface SandboxNode {
  readonly name: string;
  /** Loopback addresses: what listens there can really be reached. */
  readonly address: string;
  /** The third number of its pods' addresses. */
  readonly subnet: number;
  readonly labels: Readonly<Record<string, string>>;
}

export const NODES: readonly SandboxNode[] = [
  {
    name: 'holdfast-control-plane',
    address: '127.0.0.1',
    subnet: 0,
    labels: { 'node-role.kubernetes.io/control-plane': '', 'ingress-ready': 'true' },
  },
  { name: 'holdfast-worker', address: '127.0.0.2', subnet: 1, labels: {} },
  { name: 'holdfast-worker2', address: '127.0.0.3', subnet: 2, labels: {} },
];

/** Registers the nodes, all of them ready. */
export function registerNodes(store: Store): void {
  for (const node of NODES) {
    store.create('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: node.name,
        labels: { 'kubernetes.io/hostname': node.name, 'kubernetes.io/os': 'linux', ...node.labels },
      },
      spec: { podCIDR: `10.244.${node.subnet}.0/24`, podCIDRs: [`10.244.${node.subnet}.0/24`] },
    });
    store.updateStatus('nodes', undefined, node.name, nodeStatus(node));
  }
}

/** The node for a new pod: the one it names or selects, else the worker with the fewest pods; undefined when none fits. */
export function chooseNode(pod: Pod, pods: readonly Pod[]): SandboxNode | undefined {
  const { nodeName, nodeSelector } = pod.spec;
  if (nodeName !== undefined) return NODES.find(({ name }) => name === nodeName);
  const selector = Object.keys(nodeSelector ?? {}).length > 0;
  const fitting = selector
    ? nodesFor(nodeSelector)
    : NODES.filter((node) => !('node-role.kubernetes.io/control-plane' in node.labels));
  const load = ({ name }: SandboxNode) => pods.filter((other) => other.spec.nodeName === name).length;
  return fitting.toSorted((a, b) => load(a) - load(b))[0];
}

/** The nodes with all of these labels; every node when there are none. */
export function nodesFor(selector: Readonly<Record<string, string>> = {}): SandboxNode[] {
  if (Object.keys(selector).length === 0) return [...NODES];
  return NODES.filter((node) =>
    selects(selector, { 'kubernetes.io/hostname': node.name, 'kubernetes.io/os': 'linux', ...node.labels }),
  );
}

function nodeStatus(node: SandboxNode): unknown {
  const now = timestamp();
  return {
    addresses: [
      { type: 'InternalIP', address: node.address },
      { type: 'Hostname', address: node.name },
    ],
    capacity: { cpu: '2', memory: '4Gi', pods: '110' },
    allocatable: { cpu: '2', memory: '4Gi', pods: '110' },
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      kubeletVersion: 'v1.33.0',
      osImage: 'Holdfast sandbox',
      containerRuntimeVersion: 'holdfast://sandbox',
      kernelVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  };
}
