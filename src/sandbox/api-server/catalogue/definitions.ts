import { at, isObject } from '../json.ts';
import type { Store } from '../../store.ts';
import type { Catalogue } from './catalogue.ts';
import { definitionOf, establishedStatus, kindFromDefinition } from './custom.ts';
import { resourceName } from './kind.ts';

const RESOURCE = 'customresourcedefinitions.apiextensions.k8s.io';

/** Lists the catalogue's custom kinds as CustomResourceDefinitions. */
export function createDefinitions(store: Store, catalogue: Catalogue): void {
  for (const kind of catalogue.kinds()) {
    if (kind.custom && !store.get(RESOURCE, undefined, resourceName(kind))) store.create(RESOURCE, definitionOf(kind));
  }
}

/** Establishes the definitions users create. Returns how to stop. */
export function establishDefinitions(store: Store): () => void {
  return store.watch(RESOURCE, ({ type, object }) => {
    const kind = kindFromDefinition(object);
    if (type !== 'ADDED' || !kind || isObject(at(object, 'status'))) return;
    store.updateStatus(RESOURCE, undefined, object.metadata.name, establishedStatus(kind.kind, kind.plural));
  });
}
