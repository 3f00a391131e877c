import { ApiError } from '../api-error.ts';
import { resourceName } from '../catalogue/kind.ts';
import type { Attributes } from './rules.ts';
import type { User } from './user.ts';

/** 403 as Kubernetes words it. */
export function forbidden(user: User, attributes: Attributes): ApiError {
  if ('path' in attributes) {
    const message = `forbidden: User ${JSON.stringify(user.name)} cannot ${attributes.verb} path ${JSON.stringify(attributes.path)}`;
    return new ApiError(403, 'Forbidden', message, {});
  }
  const { verb, group, resource, subresource, namespace, name } = attributes;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  const subject = resourceName({ group, plural: resource }) + (name ? ` "${name}"` : '');
  const message =
    `${subject} is forbidden: User "${user.name}" cannot ${verb} resource "${what}" ` +
    `in API group "${group}" ${where}`;
  return new ApiError(403, 'Forbidden', message, { name, group: group || undefined, kind: resource });
}
