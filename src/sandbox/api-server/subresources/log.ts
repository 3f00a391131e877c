import { badRequest } from '../api-error.ts';
import type { Call } from '../backend.ts';
import { named } from '../handlers/read.ts';
import type { Reply } from '../http.ts';
import { listAt, stringAt } from '../json.ts';

/** GET of `pods/NAME/log`: what the pod's container wrote so far, as text. */
export function podLog(call: Call): Reply {
  const pod = named(call);
  const { namespace = '', name } = pod.metadata;
  const containers = listAt(pod, 'spec', 'containers').map((container) => stringAt(container, ['name']));
  const asked = call.request.query.get('container');
  if (asked && !containers.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
  if (!asked && containers.length > 1) {
    const choices = `choose one of: [${containers.join(' ')}]`;
    throw badRequest(`a container name must be specified for pod ${name}, ${choices}`);
  }
  const lines = call.backend.podLogs?.(namespace, name, asked ?? containers[0] ?? '') ?? [];
  const tail = call.request.query.get('tailLines');
  const shown = tail === null ? lines : lines.slice(Math.max(0, lines.length - Number(tail)));
  return { code: 200, contentType: 'text/plain', body: shown.map((line) => `${line}\n`).join('') };
}
