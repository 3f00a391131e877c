import type { Store, StoredObject } from '../../store.ts';
import { coreKinds } from './core.ts';
import { kindFromDefinition } from './custom.ts';
import { groupKinds } from './groups.ts';
import { istioKinds } from './istio.ts';
import { resourceName } from './kind.ts';
import type { Kind } from './kind.ts';

const builtIn: readonly Kind[] = [...coreKinds, ...groupKinds, ...istioKinds];

/** Every kind the server serves: the table's rows, and those that users define. */
export interface Catalogue {
  kinds(): readonly Kind[];
  /** The kind of a path's group, version and plural. */
  find(group: string, version: string, plural: string): Kind | undefined;
  byResource(resource: string): Kind | undefined;
}

/** The catalogue; CustomResourceDefinitions in the store add kinds to it as they come and go. */
export function createCatalogue(store: Store): Catalogue {
  const defined = new Map<string, Kind>();
  store.watch('customresourcedefinitions.apiextensions.k8s.io', ({ type, object }) => {
    const kind = kindFromDefinition(object);
    if (!kind || isBuiltIn(object)) return;
    if (type === 'DELETED') defined.delete(object.metadata.name);
    else defined.set(object.metadata.name, kind);
  });
  const kinds = (): readonly Kind[] => (defined.size === 0 ? builtIn : [...builtIn, ...defined.values()]);
  return {
    kinds,
    find: (group, version, plural) =>
      kinds().find((kind) => kind.group === group && kind.plural === plural && kind.versions.includes(version)),
    byResource: (resource) => kinds().find((kind) => resourceName(kind) === resource),
  };
}

function isBuiltIn(definition: StoredObject): boolean {
  return builtIn.some((kind) => resourceName(kind) === definition.metadata.name);
}
