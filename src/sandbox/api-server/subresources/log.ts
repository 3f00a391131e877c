import { badRequest } from '../api-error.ts';
import type { Call } from '../backend.ts';
import { named } from '../handlers/read.ts';
import type { Reply } from '../http.ts';
import { listAt, stringAt } from '../json.ts';

/** GET of `pods/NAME/log`: empty, since the sandbox's programs write none; a container that is not there is still 400. */
export function podLog(call: Call): Reply {
  const pod = named(call);
  const containers = listAt(pod, 'spec', 'containers').map((container) => stringAt(container, ['name']));
  const asked = call.request.query.get('container');
  if (asked && !containers.includes(asked)) {
    throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
  }
  if (!asked && containers.length > 1) {
    const choices = `choose one of: [${containers.join(' ')}]`;
    throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, ${choices}`);
  }
  return { code: 200, contentType: 'text/plain', body: '' };
}
