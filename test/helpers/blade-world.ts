import type { ChaosBladeFaultSpec, Fault } from '../../src/model/fault.ts';
import type { Experiment } from '../../src/model/experiment.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { anExperiment } from './an-experiment.ts';

type Json = Readonly<Record<string, unknown>>;

/** A node whose InternalIP is given. */
export function node(name: string, address: string): KubernetesObject {
  const addresses = [
    { type: 'InternalIP', address },
    { type: 'Hostname', address: name },
  ];
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { addresses } };
}

/** A ready pod on a node. */
export function podOn(
  nodeName: string,
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  more: { readonly owner?: string; readonly image?: string; readonly status?: Json; readonly runtime?: string } = {},
): KubernetesObject {
  const { owner, image = 'app:1', status = {}, runtime = 'containerd' } = more;
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: owner ?? '',
    uid: `${owner}-uid`,
    controller: true,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, ...(owner !== undefined && { ownerReferences: [controller] }) },
    spec: { nodeName, containers: [{ name: 'app', image }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'app', containerID: `${runtime}://${'a'.repeat(64)}`, state: { running: {} } }],
      ...status,
    },
  };
}

/** The operator's pod and the tool pods of two nodes. */
export function operatorPods(version = '1.8.0'): KubernetesObject[] {
  const image = `ghcr.io/chaosblade-io/chaosblade-operator:${version}`;
  const labels = { name: 'chaosblade-operator', 'part-of': 'chaosblade' };
  return [
    podOn('worker-1', 'chaosblade', 'chaosblade-operator-1', labels, { image }),
    podOn('worker-1', 'chaosblade', 'chaosblade-tool-1', { app: 'chaosblade-tool' }),
    podOn('worker-2', 'chaosblade', 'chaosblade-tool-2', { app: 'chaosblade-tool' }),
  ];
}

/** Two nodes, three reviews pods, one of ratings, and an ingress at NodePort 31966. */
export const workloads: readonly KubernetesObject[] = [
  node('worker-1', '192.168.3.13'),
  node('worker-2', '192.168.3.14'),
  podOn('worker-1', 'default', 'ratings-v1-abc', { app: 'ratings' }, { owner: 'ratings-v1' }),
  podOn('worker-1', 'default', 'reviews-v2-a', { app: 'reviews', version: 'v2' }, { owner: 'reviews-v2' }),
  podOn('worker-2', 'default', 'reviews-v2-b', { app: 'reviews', version: 'v2' }, { owner: 'reviews-v2' }),
  podOn('worker-2', 'default', 'reviews-v3-a', { app: 'reviews', version: 'v3' }, { owner: 'reviews-v3' }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'istio-ingressgateway', namespace: 'istio-system' },
    spec: { ports: [{ name: 'http2', port: 80, nodePort: 31966 }] },
  },
];

/** 60 % loss of what leaves NodePort 31966 of worker-1, unless told otherwise. */
export function bladeFault(change: Partial<ChaosBladeFaultSpec> = {}, name = 'lossy node'): Fault<ChaosBladeFaultSpec> {
  return {
    name,
    startAfter: 0,
    line: 1,
    spec: {
      driver: 'chaosblade',
      scope: 'node',
      target: 'network',
      action: 'loss',
      select: { names: ['worker-1'] },
      flags: { percent: '60', interface: 'eth0', 'local-port': '31966' },
      allowWholeNode: false,
      ...change,
    },
  };
}

/** 3 s of delay on everything that pods with these labels send. */
export function podDelay(labels: Readonly<Record<string, string>>, name = 'slow pods'): Fault<ChaosBladeFaultSpec> {
  const flags = { time: '3000', interface: 'eth0' };
  return bladeFault({ scope: 'pod', action: 'delay', select: { labels }, flags }, name);
}

/** Deletes pods with these labels. */
export function podDelete(labels: Readonly<Record<string, string>>, change: Json = {}): Fault<ChaosBladeFaultSpec> {
  return bladeFault(
    { scope: 'pod', target: 'pod', action: 'delete', select: { labels, ...change }, flags: {} },
    'kill',
  );
}

/** An experiment in `default` around these faults, whose fault phase takes two seconds. */
export function bladeExperiment(...faults: readonly Fault<ChaosBladeFaultSpec>[]): Experiment {
  return anExperiment({ name: 'chaosblade', faults });
}
