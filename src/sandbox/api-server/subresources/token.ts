import type { Call } from '../backend.ts';
import { decodeObject } from '../handlers/body.ts';
import { named } from '../handlers/read.ts';
import type { Reply } from '../http.ts';
import { at, numberAt } from '../json.ts';

const HOUR = 3600;

/** POST of `serviceaccounts/NAME/token`: a bearer token for the account, an hour long unless asked otherwise. */
export async function issueToken(call: Call): Promise<Reply> {
  const body = await decodeObject(call, { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1' });
  const { namespace = '', name, uid = '' } = named(call).metadata;
  const seconds = numberAt(body, ['spec', 'expirationSeconds'], HOUR) || HOUR;
  const { token, expires } = call.backend.tokens.issue({ namespace, name, uid }, seconds);
  const status = { token, expirationTimestamp: expires.toISOString().replace(/\.\d+Z$/, 'Z') };
  const spec = { audiences: at(body, 'spec', 'audiences') ?? [], expirationSeconds: seconds };
  return { code: 201, body: { ...body, metadata: { name, namespace }, spec, status } };
}
