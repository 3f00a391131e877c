import type { Store } from '../store.ts';
import { keyOf, splitKey } from './kinds.ts';
import type { Service, ServicePort } from './kinds.ts';
import type { NodePorts } from './node-ports.ts';
import type { ServiceRoutes } from './service-routes.ts';
import { createWorkQueue, reportDefect } from './work-queue.ts';

/** Gives Services their cluster address and node ports, and opens the latter for real. */
export function startServiceController(
  store: Store,
  nodePorts: NodePorts,
  backend: ServiceRoutes['byService'],
): { close(): Promise<void> } {
  // One service after the other, so that no port is opened twice.
  let work = Promise.resolve();
  const queue = createWorkQueue((key) => {
    work = work.then(() => reconcile(store, nodePorts, backend, key)).catch(reportDefect);
  });
  const stop = store.watch('services', ({ type, object }) => {
    if (type !== 'DELETED') return queue.add(keyOf(object));
    nodePorts.closeAll(keyOf(object));
  });
  return {
    async close() {
      stop();
      queue.close();
      await work;
      nodePorts.closeAll();
    },
  };
}

async function reconcile(
  store: Store,
  nodePorts: NodePorts,
  backend: ServiceRoutes['byService'],
  key: string,
): Promise<void> {
  const { namespace, name } = splitKey(key);
  const service = store.get('services', namespace, name) as Service | undefined;
  if (!service || service.spec.type === 'ExternalName') return;
  const exposed = service.spec.type === 'NodePort' || service.spec.type === 'LoadBalancer';
  if (!exposed) nodePorts.closeAll(key);
  const ports: ServicePort[] = [];
  for (const port of service.spec.ports ?? []) {
    const complete = { protocol: 'TCP', targetPort: port.port, ...port };
    const open = () => nodePorts.open(key, port.port, port.nodePort, () => backend(namespace, name, port.port)?.pod);
    ports.push(exposed ? { ...complete, nodePort: await open() } : complete);
  }
  complete(store, key, service, ports);
}

function complete(store: Store, key: string, seen: Service, ports: readonly ServicePort[]): void {
  const { namespace, name } = splitKey(key);
  const current = store.get('services', namespace, name) as Service | undefined;
  // Changed while its ports were opened: its own event brings it back here.
  if (!current || current.metadata.resourceVersion !== seen.metadata.resourceVersion) return;
  const clusterIP = current.spec.clusterIP || freeClusterIP(store);
  const spec = {
    ...current.spec,
    type: current.spec.type ?? 'ClusterIP',
    clusterIP,
    clusterIPs: [clusterIP],
    ports,
    sessionAffinity: current.spec.sessionAffinity ?? 'None',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
  };
  store.update('services', { ...current, spec });
  if (current['status'] === undefined) store.updateStatus('services', namespace, name, { loadBalancer: {} });
}

function freeClusterIP(store: Store): string {
  const taken = new Set((store.list('services') as Service[]).map(({ spec }) => spec.clusterIP));
  for (let n = 1; n < 65_000; n += 1) {
    const ip = `10.96.${Math.floor(n / 250)}.${(n % 250) + 1}`;
    if (!taken.has(ip)) return ip;
  }
  throw new Error('no cluster address is free in 10.96.0.0/16');
}
