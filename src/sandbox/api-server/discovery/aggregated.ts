import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Kind } from '../catalogue/kind.ts';
import type { Reply } from '../http.ts';
import { byGroup, versionsOf } from './groups.ts';

/** Aggregated discovery in the first version the client names that we have, or undefined when it asks for none. */
export function aggregated(catalogue: Catalogue, core: boolean, accept: string): Reply | undefined {
  const version = accept
    .split(',')
    .filter((type) => type.includes('g=apidiscovery.k8s.io') && type.includes('as=APIGroupDiscoveryList'))
    .map((type) => /;v=([^;]+)/.exec(type)?.[1])
    .find((asked) => asked === 'v2' || asked === 'v2beta1');
  if (!version) return undefined;
  const groups = [...byGroup(catalogue.kinds())].filter(([group]) => (group === '') === core);
  return {
    code: 200,
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    body: {
      kind: 'APIGroupDiscoveryList',
      apiVersion: `apidiscovery.k8s.io/${version}`,
      metadata: {},
      items: groups.map(([group, kinds]) => groupDiscovery(group, kinds)),
    },
  };
}

function groupDiscovery(group: string, kinds: readonly Kind[]): unknown {
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versionsOf(kinds).map((version) => ({
      version,
      freshness: 'Current',
      resources: kinds
        .filter((kind) => kind.versions.includes(version))
        .map((kind) => resourceDiscovery(kind, group, version)),
    })),
  };
}

function resourceDiscovery(kind: Kind, group: string, version: string): unknown {
  return {
    resource: kind.plural,
    responseKind: { group, version, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    shortNames: kind.shortNames,
    categories: kind.categories,
    subresources: kind.subresources.map((sub) => ({
      subresource: sub.name,
      responseKind: { group: sub.group ?? group, version: sub.version ?? version, kind: sub.kind },
      verbs: sub.verbs,
    })),
  };
}
