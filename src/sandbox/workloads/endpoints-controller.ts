import type { Store, StoredObject } from '../store.ts';
import { controllerReference, isReady, keyOf, selects, splitKey } from './kinds.ts';
import type { Pod, Service, ServicePort } from './kinds.ts';
import { createWorkQueue } from './work-queue.ts';

/** Keeps the EndpointSlice and the Endpoints of each Service that has a selector. Returns how to stop. */
export function startEndpointsController(store: Store): () => void {
  const queue = createWorkQueue((key) => reconcile(store, key));
  const stops = [
    store.watch('services', ({ object }) => queue.add(keyOf(object))),
    store.watch('pods', ({ object }) => {
      for (const service of store.list('services', object.metadata.namespace) as Service[]) {
        if (selects(service.spec.selector, object.metadata.labels)) queue.add(keyOf(service));
      }
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    queue.close();
  };
}

function reconcile(store: Store, key: string): void {
  const { namespace, name } = splitKey(key);
  const service = store.get('services', namespace, name) as Service | undefined;
  if (!service) {
    if (store.get('endpoints', namespace, name)) store.remove('endpoints', namespace, name);
    return;
  }
  if (!service.spec.selector) return;
  const pods = (store.list('pods', namespace) as Pod[]).filter(
    (pod) => selects(service.spec.selector, pod.metadata.labels) && pod.status?.podIP !== undefined,
  );
  save(store, 'endpointslices.discovery.k8s.io', sliceOf(service, pods));
  save(store, 'endpoints', endpointsOf(service, pods));
}

/** The container port that a service port leads to on a pod. */
function targetPort(port: ServicePort, pod: Pod | undefined): number {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const named = pod?.spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target);
  return named?.containerPort ?? port.port;
}

function sliceOf(service: Service, pods: readonly Pod[]): StoredObject {
  const { name, namespace, labels } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      // Derived from the service's uid so that it stays the same as long as the service does.
      name: `${name}-${(service.metadata.uid ?? '').slice(0, 5)}`,
      namespace,
      labels: {
        ...labels,
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: controllerReference(service),
    },
    addressType: 'IPv4',
    endpoints: pods.map((pod) => {
      const terminating = pod.metadata.deletionTimestamp !== undefined;
      return {
        addresses: [pod.status?.podIP ?? ''],
        conditions: { ready: isReady(pod) && !terminating, serving: isReady(pod), terminating },
        nodeName: pod.spec.nodeName,
        targetRef: targetOf(pod),
      };
    }),
    ports: portsOf(service, pods),
  };
}

function endpointsOf(service: Service, pods: readonly Pod[]): StoredObject {
  const { name, namespace, labels } = service.metadata;
  const address = (pod: Pod) => ({ ip: pod.status?.podIP, nodeName: pod.spec.nodeName, targetRef: targetOf(pod) });
  const usable = (pod: Pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined;
  const ready = pods.filter(usable).map(address);
  const notReady = pods.filter((pod) => !usable(pod)).map(address);
  const subset = {
    ...(ready.length > 0 && { addresses: ready }),
    ...(notReady.length > 0 && { notReadyAddresses: notReady }),
    ports: portsOf(service, pods),
  };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace, labels },
    ...(pods.length > 0 && { subsets: [subset] }),
  };
}

function portsOf(service: Service, pods: readonly Pod[]): unknown[] {
  return (service.spec.ports ?? []).map((port) => ({
    ...(port.name !== undefined && { name: port.name }),
    port: targetPort(port, pods[0]),
    protocol: port.protocol ?? 'TCP',
    ...(port.appProtocol !== undefined && { appProtocol: port.appProtocol }),
  }));
}

function targetOf(pod: Pod): unknown {
  const { name, namespace, uid } = pod.metadata;
  return { kind: 'Pod', name, namespace, uid };
}

function save(store: Store, resource: string, object: StoredObject): void {
  const current = store.get(resource, object.metadata.namespace, object.metadata.name);
  if (current) store.update(resource, object);
  else store.create(resource, object);
}
