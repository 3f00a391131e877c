import type { StoredObject } from '../../store.ts';
import { at, isObject, listAt, stringAt } from '../json.ts';
import type { VersionedStore } from '../store.ts';

/** A Service's defaults and its cluster IP of 10.96.0.0/16; an update keeps the addresses it had. */
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
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer') keepNodePorts(service, old);
}

/** Node ports are given by the controller that opens them; a write that leaves them out keeps what was given. */
function keepNodePorts(service: StoredObject, old: StoredObject | undefined): void {
  for (const port of listAt(service, 'spec', 'ports')) {
    const before = listAt(old, 'spec', 'ports').find((each) => each['port'] === port['port']);
    if (before?.['nodePort'] !== undefined) port['nodePort'] ??= before['nodePort'];
  }
}

function freeAddress(store: VersionedStore): string {
  const used = new Set(store.list('services').map((each) => stringAt(each, ['spec', 'clusterIP'])));
  for (let index = 10; index < 65_535; index += 1) {
    const address = `10.96.${Math.floor(index / 256)}.${index % 256}`;
    if (!used.has(address)) return address;
  }
  return 'None';
}
