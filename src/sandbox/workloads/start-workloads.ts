import type { Mesh } from '../mesh/mesh.ts';
import type { Network } from '../network.ts';
import type { Store } from '../store.ts';
import { startDaemonSetController } from './daemonset-controller.ts';
import { startDeploymentController } from './deployment-controller.ts';
import { startEndpointsController } from './endpoints-controller.ts';
import { startKubelet } from './kubelet.ts';
import { registerNodes } from './node-list.ts';
import { createNodePorts } from './node-ports.ts';
import { createPodAddresses } from './pod-addresses.ts';
import { startReplicaSetController } from './replicaset-controller.ts';
import { startServiceAccountController } from './service-accounts.ts';
import { startServiceController } from './service-controller.ts';
import { createServiceRoutes } from './service-routes.ts';

export interface WorkloadOptions {
  readonly store: Store;
  readonly network: Network;
  readonly mesh: Mesh;
  /** Uniform in [0, 1): names, node ports, choices of the applications. */
  readonly random: () => number;
  /** From a pod being scheduled to its containers answering, milliseconds; asked for each pod. */
  readonly startUpMs: () => number;
}

/** Starts nodes, controllers and the kubelet over a store. Closing ends every pod and every listener. */
export function startWorkloads(options: WorkloadOptions): { close(): Promise<void> } {
  const { store, network, mesh, random, startUpMs } = options;
  const routes = createServiceRoutes(store, network, random);
  registerNodes(store);
  const stops = [
    startServiceAccountController(store),
    startDeploymentController(store),
    startReplicaSetController(store, random),
    startDaemonSetController(store, random),
    startEndpointsController(store),
  ];
  const services = startServiceController(store, createNodePorts(network, random), routes.byService);
  const kubelet = startKubelet({
    store,
    network,
    addresses: createPodAddresses(),
    environment: { mesh, network, random, route: routes.byHost },
    startUpMs,
  });
  return {
    async close() {
      for (const stop of stops) stop();
      await Promise.all([services.close(), kubelet.close()]);
    },
  };
}
