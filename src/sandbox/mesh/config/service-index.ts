import { fqdn } from './hosts.ts';
import type { Service, ServicePort } from './objects.ts';
import { namespaceOf } from './virtual-services.ts';

/** A Service with the names its proxies know it by. */
export interface IndexedService {
  readonly host: string;
  readonly name: string;
  readonly namespace: string;
  readonly addresses: readonly string[];
  readonly ports: readonly ServicePort[];
}

export function indexServices(services: readonly Service[]): Map<string, IndexedService> {
  const index = new Map<string, IndexedService>();
  for (const service of services) {
    const namespace = namespaceOf(service);
    const name = service.metadata.name;
    const host = fqdn(name, namespace);
    const addresses = [...new Set([service.spec?.clusterIP, ...(service.spec?.clusterIPs ?? [])])].filter(
      (address): address is string => address !== undefined && address !== '' && address !== 'None',
    );
    index.set(host, { host, name, namespace, addresses, ports: service.spec?.ports ?? [] });
  }
  return index;
}

/** What a client of `viewer` may call it: the bare name only inside its own namespace. */
export function domainsOf(service: IndexedService, viewer: string): string[] {
  const { name, namespace, host, addresses } = service;
  const bare = namespace === viewer ? [name] : [];
  return [...bare, `${name}.${namespace}`, `${name}.${namespace}.svc`, host, ...addresses];
}

const OPAQUE = new Set(['tcp', 'udp', 'tls', 'https', 'mongo', 'mysql', 'redis', 'sctp']);

/** Whether HTTP rules act on a port: by appProtocol, else by the first word of its name; unknown words are sniffed. */
export function speaksHttp(port: ServicePort): boolean {
  if (port.protocol !== undefined && port.protocol !== 'TCP') return false;
  return !OPAQUE.has((port.appProtocol ?? port.name?.split('-')[0] ?? '').toLowerCase());
}
