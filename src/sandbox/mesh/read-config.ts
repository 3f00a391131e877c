import type { Store, StoredObject } from '../store.ts';
import type {
  DestinationRule,
  EndpointSlice,
  Gateway,
  MeshConfig,
  Pod,
  Service,
  VirtualService,
} from './config/objects.ts';

/** The resources that the proxies' configuration is made from. */
export const CONFIG_RESOURCES = {
  virtualServices: 'virtualservices.networking.istio.io',
  destinationRules: 'destinationrules.networking.istio.io',
  gateways: 'gateways.networking.istio.io',
  services: 'services',
  endpointSlices: 'endpointslices.discovery.k8s.io',
  pods: 'pods',
} as const;

/** All of it, as it is now. The store checked the shapes when the objects were written. */
export function readConfig(store: Store): MeshConfig {
  const list = <T>(resource: string) => store.list(resource) as unknown as T[];
  return {
    virtualServices: list<VirtualService>(CONFIG_RESOURCES.virtualServices),
    destinationRules: list<DestinationRule>(CONFIG_RESOURCES.destinationRules),
    gateways: list<Gateway>(CONFIG_RESOURCES.gateways),
    services: list<Service>(CONFIG_RESOURCES.services),
    endpointSlices: list<EndpointSlice>(CONFIG_RESOURCES.endpointSlices),
    pods: list<Pod>(CONFIG_RESOURCES.pods),
  };
}

/** The part of an object whose change concerns the proxies; istiod sends nothing for status or annotations. */
export function meshRelevant(resource: string, object: StoredObject): string {
  const { labels } = object.metadata;
  if (resource === CONFIG_RESOURCES.pods) return JSON.stringify(labels);
  if (resource === CONFIG_RESOURCES.endpointSlices) {
    return JSON.stringify([labels, object['endpoints'], object['ports']]);
  }
  return JSON.stringify(object['spec']);
}
