import type { StoredObject } from '../../store.ts';
import { at, isObject, listAt, stringAt } from '../json.ts';
import type { VersionedStore } from '../store.ts';

const NODE_PORTS = { first: 30_000, last: 32_767 };

/** A Service's defaults and its addresses: a cluster IP of 10.96.0.0/16 and node ports; an update keeps those it had. */
export function defaultService(store: VersionedStore, service: StoredObject, old?: StoredObject): void {
  const spec = service['spec'];
  if (!isObject(spec)) return;
  spec['type'] ??= 'ClusterIP';
  spec['sessionAffinity'] ??= 'None';
  for (const port of listAt(spec, 'ports')) {
    port['protocol'] ??= 'TCP';
    port['targetPort'] ??= port['port'];
  }
  if (spec['type'] === 'ExternalName') return;
  spec['internalTrafficPolicy'] ??= 'Cluster';
  spec['clusterIP'] ??= at(old, 'spec', 'clusterIP') ?? freeAddress(store);
  spec['clusterIPs'] ??= [spec['clusterIP']];
  spec['ipFamilies'] ??= ['IPv4'];
  spec['ipFamilyPolicy'] ??= 'SingleStack';
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer') assignNodePorts(store, service, old);
}

function assignNodePorts(store: VersionedStore, service: StoredObject, old: StoredObject | undefined): void {
  const used = new Set(
    store.list('services').flatMap((each) => listAt(each, 'spec', 'ports').map((port) => port['nodePort'])),
  );
  for (const port of listAt(service, 'spec', 'ports')) {
    const before = listAt(old, 'spec', 'ports').find((each) => each['port'] === port['port']);
    port['nodePort'] ??= before?.['nodePort'] ?? firstFree(used);
    used.add(port['nodePort']);
  }
}

function firstFree(used: ReadonlySet<unknown>): number {
  for (let port = NODE_PORTS.first; port <= NODE_PORTS.last; port += 1) if (!used.has(port)) return port;
  return NODE_PORTS.last;
}

function freeAddress(store: VersionedStore): string {
  const used = new Set(store.list('services').map((each) => stringAt(each, ['spec', 'clusterIP'])));
  for (let index = 10; index < 65_535; index += 1) {
    const address = `10.96.${Math.floor(index / 256)}.${index % 256}`;
    if (!used.has(address)) return address;
  }
  return 'None';
}
