import { badRequest } from '../api-error.ts';
import type { Call } from '../backend.ts';
import { decodeObject, expectedType } from '../handlers/body.ts';
import { patchObject } from '../handlers/patch.ts';
import { getObject, named } from '../handlers/read.ts';
import { toStoredForm } from '../handlers/stored-form.ts';
import { storeStatus } from '../handlers/update.ts';
import type { Reply } from '../http.ts';
import { nothingServed } from '../route.ts';
import { evictPod } from './eviction.ts';
import { podLog } from './log.ts';
import { proxyToPod } from './pod-proxy.ts';
import { needsProcess, noProcesses } from './processes.ts';
import { scaleObject } from './scale.ts';
import { issueToken } from './token.ts';

/** Answers a request for what lies behind an object's own path. */
export async function subresource(call: Call): Promise<Reply> {
  const { kind, subresource: name } = call.route;
  if (kind.plural === 'pods' && needsProcess(name)) throw noProcesses(name);
  if (!kind.subresources.some((sub) => sub.name === name)) throw nothingServed();
  switch (name) {
    case 'status':
      return statusReply(call);
    case 'scale':
      return scaleObject(call);
    case 'token':
      return issueToken(call);
    case 'eviction':
      return evictPod(call);
    case 'log':
      return podLog(call);
    case 'proxy':
      return proxyToPod(call);
    default:
      throw badRequest('Upgrade request required');
  }
}

async function statusReply(call: Call): Promise<Reply> {
  if (call.request.method === 'GET') return getObject(call);
  if (call.request.method === 'PATCH') return patchObject(call);
  const body = await decodeObject(call, expectedType(call));
  return storeStatus(call, named(call), toStoredForm(call, body));
}
