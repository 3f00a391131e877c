import { HoldfastError } from '../model/errors.ts';
import type { ObjectRef } from '../model/kubernetes.ts';
import type { CallOptions, Resource } from './cluster.ts';
import { read, type Caller } from './http/call.ts';
import type { ApiAnswer } from './http/connection.ts';
import { jsonOf } from './http/json.ts';
import { orAborted } from './or-aborted.ts';

/** What the API server serves, asked once per connection: two requests where it knows aggregated discovery. */
export interface Discovery {
  find(group: string, plural: string, options: CallOptions): Promise<Resource | undefined>;
  findKind(ref: Pick<ObjectRef, 'apiVersion' | 'kind'>, options: CallOptions): Promise<Resource>;
}

/** The resources of one group, the versions that the server prefers first. */
type Group = readonly Resource[];

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

export function createDiscovery(caller: Caller): Discovery {
  const roots = memoized((root) => readRoot(caller, root));
  const groups = memoized((group) => readGroup(caller, group));

  const groupOf = async (group: string, options: CallOptions): Promise<Group> => {
    const aggregated = await roots(group === '' ? '/api' : '/apis', options);
    return aggregated === undefined ? groups(group, options) : (aggregated.get(group) ?? []);
  };
  return {
    async find(group, plural, options) {
      return (await groupOf(group, options)).find((resource) => resource.plural === plural);
    },
    async findKind(ref, options) {
      const [group, version] = splitApiVersion(ref.apiVersion);
      const served = await groupOf(group, options);
      const found = served.find((resource) => resource.kind === ref.kind && resource.version === version);
      if (found === undefined) throw notServed(ref, served);
      return found;
    },
  };
}

/** Asks once for each key, also when many ask together; a failure is forgotten, so that the next call asks again. */
function memoized<T>(load: (key: string) => Promise<T>): (key: string, options: CallOptions) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key, { signal }) => {
    const before = known.get(key);
    if (before !== undefined) return orAborted(before, signal);
    const loading = load(key);
    known.set(key, loading);
    loading.catch(() => known.delete(key));
    return orAborted(loading, signal);
  };
}

interface AggregatedList {
  readonly kind: string;
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly scope: string;
        readonly responseKind?: { readonly kind?: string };
        readonly subresources?: readonly { readonly subresource: string }[];
      }[];
    }[];
  }[];
}

/** Groups by name, or undefined when the server knows legacy discovery only. */
async function readRoot(caller: Caller, root: string): Promise<Map<string, Group> | undefined> {
  const answer = await read(caller, { method: 'GET', path: root, accept: AGGREGATED }, { what: root });
  const list = jsonOf(answer, root) as AggregatedList;
  if (list.kind !== 'APIGroupDiscoveryList') return undefined;
  return new Map(
    (list.items ?? []).map((item) => {
      const group = item.metadata?.name ?? '';
      const resources = (item.versions ?? []).flatMap(({ version, resources = [] }) =>
        resources.map((resource) => ({
          group,
          version,
          kind: resource.responseKind?.kind ?? '',
          plural: resource.resource,
          namespaced: resource.scope === 'Namespaced',
          subresources: (resource.subresources ?? []).map(({ subresource }) => subresource),
        })),
      );
      return [group, resources];
    }),
  );
}

interface LegacyGroup {
  readonly preferredVersion?: { readonly version: string };
  readonly versions?: readonly { readonly version: string }[];
}

interface LegacyResources {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

async function readGroup(caller: Caller, group: string): Promise<Group> {
  const versions = group === '' ? ['v1'] : await readVersions(caller, group);
  const lists = await Promise.all(
    versions.map(async (version) => {
      const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      const answer = await read(caller, { method: 'GET', path }, { what: path });
      const { resources = [] } = jsonOf(answer, path) as LegacyResources;
      return resources
        .filter((resource) => !resource.name.includes('/'))
        .map(({ name, kind, namespaced }) => {
          const below = resources.filter((it) => it.name.startsWith(`${name}/`));
          const subresources = below.map((it) => it.name.slice(name.length + 1));
          return { group, version, kind, plural: name, namespaced, subresources };
        });
    }),
  );
  return lists.flat();
}

async function readVersions(caller: Caller, group: string): Promise<readonly string[]> {
  const path = `/apis/${group}`;
  const accepts = (answer: ApiAnswer): boolean => answer.status === 404;
  const answer = await read(caller, { method: 'GET', path }, { what: path, accepts });
  if (answer.status === 404) return [];
  const { preferredVersion, versions = [] } = jsonOf(answer, path) as LegacyGroup;
  const names = versions.map((version) => version.version);
  return [...new Set(preferredVersion === undefined ? names : [preferredVersion.version, ...names])];
}

function splitApiVersion(apiVersion: string): readonly [string, string] {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

function notServed(ref: Pick<ObjectRef, 'apiVersion' | 'kind'>, served: Group): HoldfastError {
  const versions = served.filter((resource) => resource.kind === ref.kind).map((resource) => resource.version);
  return new HoldfastError('API_NOT_FOUND', {
    message: `This cluster does not serve ${ref.kind} (${ref.apiVersion}).`,
    where: `${ref.apiVersion} ${ref.kind}`,
    hint:
      versions.length === 0
        ? 'Install what brings this kind (its CustomResourceDefinition), or correct apiVersion and kind.'
        : `It serves this kind as ${versions.join(', ')}: correct apiVersion.`,
    status: 404,
  });
}
