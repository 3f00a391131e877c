import { createStore } from '../../src/sandbox/api-server/store.ts';
import { createNetwork } from '../../src/sandbox/wire/create-network.ts';
import type { Network } from '../../src/sandbox/network.ts';
import type { Store, StoredObject } from '../../src/sandbox/store.ts';
import { isReady } from '../../src/sandbox/workloads/kinds.ts';
import type { Deployment, Pod } from '../../src/sandbox/workloads/kinds.ts';
import { startWorkloads } from '../../src/sandbox/workloads/start-workloads.ts';
import { plainMesh } from './plain-mesh.ts';
import { until } from './until.ts';

/** Controllers and kubelet over an empty store, with pods that start within 20 ms and no mesh between them. */
export interface WorkloadWorld {
  readonly store: Store;
  readonly network: Network;
  /** The Deployment `httpbin` as it is now. */
  deployment(): Deployment;
  /** Changes the spec of the Deployment `httpbin`. */
  respec(change: Partial<Deployment['spec']>): void;
  /** The pods of `httpbin`, ready or not. */
  pods(): Pod[];
  /** Waits for exactly so many pods of `httpbin`, all of them ready. */
  readyPods(count: number): Promise<Pod[]>;
  /** Where a pod's port 8080 is served; 0 when it is not. */
  portOf(pod: Pod | undefined): number;
  close(): Promise<void>;
}

export function startWorkloadWorld(): WorkloadWorld {
  const store = createStore();
  const network = createNetwork();
  const workloads = startWorkloads({ store, network, mesh: plainMesh(), random: Math.random, startUpMs: () => 20 });
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  const deployment = () => store.get('deployments.apps', 'default', 'httpbin') as Deployment;
  const pods = () => (store.list('pods') as Pod[]).filter(({ metadata }) => metadata.labels?.['app'] === 'httpbin');
  return {
    store,
    network,
    deployment,
    respec: (change) =>
      store.update('deployments.apps', { ...deployment(), spec: { ...deployment().spec, ...change } }),
    pods,
    readyPods: (count) =>
      until(`${count} ready pods`, () => pods().length === count && pods().every(isReady) && pods()),
    portOf: (pod) => network.lookup(pod?.status?.podIP ?? '', 8080) ?? 0,
    close: () => workloads.close(),
  };
}

/** A Deployment `httpbin` that listens on 8080. */
export function httpbin(replicas: number, image = 'docker.io/mccutchen/go-httpbin:v2.15.0'): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'httpbin', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'httpbin' } },
      template: {
        metadata: { labels: { app: 'httpbin' } },
        spec: { containers: [{ name: 'httpbin', image, ports: [{ containerPort: 8080 }] }] },
      },
    },
  };
}
