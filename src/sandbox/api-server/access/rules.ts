import type { Store, StoredObject } from '../../store.ts';
import { listAt, stringAt, stringsAt } from '../json.ts';
import type { User } from './user.ts';

/** What somebody wants to do: with a resource, or with a path that is none. */
export type Attributes =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
    }
  | { readonly verb: string; readonly path: string };

/** A rule of a role, with missing lists empty. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

const RBAC = 'rbac.authorization.k8s.io';

/** Whether the roles bound to this user allow it. */
export function isAllowed(store: Store, user: User, attributes: Attributes): boolean {
  if (user.groups.includes('system:masters')) return true;
  const namespace = 'path' in attributes ? undefined : attributes.namespace;
  return rulesOf(store, user, namespace).some((rule) => covers(rule, attributes));
}

/** Every rule that holds for a user: cluster-wide ones, and those of the namespace if one is given. */
export function rulesOf(store: Store, user: User, namespace: string | undefined): Rule[] {
  if (user.groups.includes('system:masters')) return [everything, everyPath];
  const clusterWide = store.list(`clusterrolebindings.${RBAC}`);
  const local = namespace ? store.list(`rolebindings.${RBAC}`, namespace) : [];
  return [...clusterWide, ...local]
    .filter((binding) => listAt(binding, 'subjects').some((subject) => isSubject(subject, user, binding)))
    .flatMap((binding) => rulesOfRole(store, binding));
}

const everything: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] };
const everyPath: Rule = { verbs: ['*'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'] };

function isSubject(subject: unknown, user: User, binding: StoredObject): boolean {
  const name = stringAt(subject, ['name']);
  switch (stringAt(subject, ['kind'])) {
    case 'User':
      return name === user.name || name === '*';
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const namespace = stringAt(subject, ['namespace'], binding.metadata.namespace ?? '');
      return user.name === `system:serviceaccount:${namespace}:${name}`;
    }
    default:
      return false;
  }
}

function rulesOfRole(store: Store, binding: StoredObject): Rule[] {
  const name = stringAt(binding, ['roleRef', 'name']);
  const role =
    stringAt(binding, ['roleRef', 'kind']) === 'ClusterRole'
      ? store.get(`clusterroles.${RBAC}`, undefined, name)
      : store.get(`roles.${RBAC}`, binding.metadata.namespace, name);
  return listAt(role, 'rules').map((rule) => ({
    verbs: stringsAt(rule, 'verbs'),
    apiGroups: stringsAt(rule, 'apiGroups'),
    resources: stringsAt(rule, 'resources'),
    resourceNames: stringsAt(rule, 'resourceNames'),
    nonResourceURLs: stringsAt(rule, 'nonResourceURLs'),
  }));
}

function covers(rule: Rule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if ('path' in attributes) return rule.nonResourceURLs.some((url) => matchesPath(url, attributes.path));
  const { group, resource, subresource, name } = attributes;
  const wanted = subresource ? `${resource}/${subresource}` : resource;
  const resources =
    has(rule.resources, wanted) || (subresource !== undefined && rule.resources.includes(`*/${subresource}`));
  const named = rule.resourceNames.length === 0 || (name !== undefined && rule.resourceNames.includes(name));
  return has(rule.apiGroups, group) && resources && named;
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function matchesPath(url: string, path: string): boolean {
  return url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : url === path;
}
