import type { Store } from '../../store.ts';
import { at, isObject, stringAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { isAllowed, rulesOf } from './rules.ts';
import type { Attributes } from './rules.ts';
import type { User } from './user.ts';

/** Answers the reviews with which a user asks about itself; the same rules decide that decide requests. */
export function review(store: Store, user: User, plural: string, body: JsonObject): JsonObject {
  switch (plural) {
    case 'selfsubjectaccessreviews':
      return { ...body, status: { allowed: isAllowed(store, user, attributesOf(body)) } };
    case 'selfsubjectrulesreviews':
      return { ...body, status: rulesStatus(store, user, stringAt(body, ['spec', 'namespace'])) };
    default:
      return { ...body, status: { userInfo: { username: user.name, groups: user.groups } } };
  }
}

function attributesOf(body: JsonObject): Attributes {
  const path = at(body, 'spec', 'nonResourceAttributes');
  if (isObject(path)) return { verb: stringAt(path, ['verb']), path: stringAt(path, ['path']) };
  const wanted = at(body, 'spec', 'resourceAttributes');
  return {
    verb: stringAt(wanted, ['verb']),
    group: stringAt(wanted, ['group']),
    resource: stringAt(wanted, ['resource']),
    subresource: stringAt(wanted, ['subresource']) || undefined,
    namespace: stringAt(wanted, ['namespace']) || undefined,
    name: stringAt(wanted, ['name']) || undefined,
  };
}

function rulesStatus(store: Store, user: User, namespace: string): JsonObject {
  const rules = rulesOf(store, user, namespace);
  return {
    resourceRules: rules
      .filter((rule) => rule.nonResourceURLs.length === 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
    nonResourceRules: rules
      .filter((rule) => rule.nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}
