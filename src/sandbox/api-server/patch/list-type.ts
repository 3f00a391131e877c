import { isObject } from '../json.ts';

/** How the items of a list find their partners: by key fields, by value, or not at all (the list is one value). */
export type ListType = { readonly keys: readonly [string, ...string[]] } | 'set' | 'atomic';

// The x-kubernetes-list-map-keys of the built-in types, by field name; the first key is the strategic merge key.
const KEYS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  conditions: ['type'],
  webhooks: ['name'],
  taints: ['key'],
  podIPs: ['ip'],
  resourceClaims: ['name'],
};

/** The type of the list at a field of this name; custom resources have keyed lists in their metadata only. */
export function listType(field: string, items: readonly unknown[], custom: boolean): ListType {
  if (field === 'ownerReferences') return { keys: ['uid'] };
  if (field === 'finalizers') return 'set';
  if (custom) return 'atomic';
  if (field === 'ports') return portsType(items);
  const keys = Object.hasOwn(KEYS, field) ? KEYS[field] : undefined;
  return keys && items.every(isObject) ? { keys } : 'atomic';
}

/** Containers key their ports by containerPort, services by port; endpoint slices know only the whole list. */
function portsType(items: readonly unknown[]): ListType {
  const objects = items.filter(isObject);
  if (objects.length < items.length || objects.length === 0) return 'atomic';
  if (objects.every((port) => 'containerPort' in port || '$patch' in port))
    return { keys: ['containerPort', 'protocol'] };
  return objects.every((port) => 'port' in port || '$patch' in port) ? { keys: ['port', 'protocol'] } : 'atomic';
}

/** Whether two items of a keyed list are the same one; an absent protocol is TCP. */
export function sameKeys(keys: readonly string[], a: unknown, b: unknown): boolean {
  return isObject(a) && isObject(b) && keys.every((key) => keyValue(a, key) === keyValue(b, key));
}

/** The value of a key field, with its default. */
export function keyValue(item: Readonly<Record<string, unknown>>, key: string): unknown {
  return item[key] ?? (key === 'protocol' ? 'TCP' : undefined);
}
