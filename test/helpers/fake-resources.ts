import type { Resource } from '../../src/cluster/cluster.ts';

const kind = (group: string, version: string, kind: string, plural: string, namespaced = true): Resource => ({
  group,
  version,
  kind,
  plural,
  namespaced,
});

/** What the fake cluster serves unless told otherwise. */
export const FAKE_RESOURCES: readonly Resource[] = [
  kind('', 'v1', 'Pod', 'pods'),
  kind('', 'v1', 'Service', 'services'),
  kind('', 'v1', 'Endpoints', 'endpoints'),
  kind('', 'v1', 'ConfigMap', 'configmaps'),
  kind('', 'v1', 'Secret', 'secrets'),
  kind('', 'v1', 'Node', 'nodes', false),
  kind('', 'v1', 'Namespace', 'namespaces', false),
  kind('apps', 'v1', 'Deployment', 'deployments'),
  kind('apps', 'v1', 'ReplicaSet', 'replicasets'),
  kind('apps', 'v1', 'StatefulSet', 'statefulsets'),
  kind('apps', 'v1', 'DaemonSet', 'daemonsets'),
  kind('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  kind('coordination.k8s.io', 'v1', 'Lease', 'leases'),
  kind('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices'),
  kind('networking.istio.io', 'v1', 'VirtualService', 'virtualservices'),
  kind('networking.istio.io', 'v1', 'DestinationRule', 'destinationrules'),
  kind('networking.istio.io', 'v1', 'Gateway', 'gateways'),
  { ...kind('chaosblade.io', 'v1alpha1', 'ChaosBlade', 'chaosblades', false), subresources: ['status'] },
  kind('flagger.app', 'v1beta1', 'Canary', 'canaries'),
];
