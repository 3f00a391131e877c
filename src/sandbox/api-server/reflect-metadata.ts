/**
 * The three functions of the Reflect metadata proposal without which the certificate library's dependency injection
 * refuses to load. Imported for its effect, before that library.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

function own(key: unknown, target: object): unknown {
  return metadata.get(target)?.get(key);
}

function inherited(key: unknown, target: object): unknown {
  for (let each: object | null = target; each; each = Object.getPrototypeOf(each) as object | null) {
    if (metadata.get(each)?.has(key)) return own(key, each);
  }
  return undefined;
}

function define(key: unknown, value: unknown, target: object): void {
  const map = metadata.get(target) ?? new Map<unknown, unknown>();
  metadata.set(target, map.set(key, value));
}

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getMetadata: inherited, getOwnMetadata: own, defineMetadata: define });
}
