import type { Catalogue } from '../catalogue/catalogue.ts';
import { apiVersionOf } from '../catalogue/kind.ts';
import type { Kind } from '../catalogue/kind.ts';
import type { Reply } from '../http.ts';
import { ok } from '../http.ts';
import { aggregated } from './aggregated.ts';
import { byGroup, versionsOf } from './groups.ts';
import { serverVersion } from './version.ts';

/** Answers /api, /apis, their group and version lists and /version; undefined for every other path. */
export function discover(catalogue: Catalogue, path: string, accept: string): Reply | undefined {
  const trimmed = path.replace(/\/$/, '');
  if (trimmed === '/version') return ok(serverVersion);
  if (trimmed === '/api' || trimmed === '/apis') {
    return (
      aggregated(catalogue, trimmed === '/api', accept) ??
      ok(trimmed === '/api' ? coreVersions() : groupList(catalogue))
    );
  }
  if (trimmed === '/api/v1') return ok(resourceList(catalogue, '', 'v1'));
  const [, group, version, ...rest] = /^\/apis\/([^/]+)(?:\/([^/]+))?(.*)$/.exec(trimmed) ?? [];
  if (!group || rest[0]) return undefined;
  const kinds = catalogue.kinds().filter((kind) => kind.group === group);
  if (kinds.length === 0) return undefined;
  if (!version) return ok({ kind: 'APIGroup', apiVersion: 'v1', ...groupOf(kinds) });
  return kinds.some((kind) => kind.versions.includes(version))
    ? ok(resourceList(catalogue, group, version))
    : undefined;
}

function coreVersions(): unknown {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

function groupList(catalogue: Catalogue): unknown {
  const groups = [...byGroup(catalogue.kinds())].filter(([group]) => group !== '').map(([, kinds]) => groupOf(kinds));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

function groupOf(kinds: readonly Kind[]): { name: string; versions: unknown[]; preferredVersion: unknown } {
  const name = kinds[0]?.group ?? '';
  const versions = versionsOf(kinds).map((version) => ({ groupVersion: apiVersionOf(name, version), version }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourceList(catalogue: Catalogue, group: string, version: string): unknown {
  const kinds = catalogue.kinds().filter((kind) => kind.group === group && kind.versions.includes(version));
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(group, version),
    resources: kinds.flatMap((kind) => [
      {
        name: kind.plural,
        singularName: kind.singular,
        namespaced: kind.namespaced,
        kind: kind.kind,
        verbs: kind.verbs,
        shortNames: kind.shortNames.length > 0 ? kind.shortNames : undefined,
        categories: kind.categories.length > 0 ? kind.categories : undefined,
      },
      ...kind.subresources.map((sub) => ({
        name: `${kind.plural}/${sub.name}`,
        singularName: '',
        namespaced: kind.namespaced,
        group: sub.group,
        version: sub.version,
        kind: sub.kind,
        verbs: sub.verbs,
      })),
    ]),
  };
}
