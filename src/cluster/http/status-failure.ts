import { HoldfastError, type ErrorCode } from '../../model/errors.ts';
import type { ApiAnswer } from './connection.ts';

/** What Kubernetes calls a Status: how the API server words a refusal. */
interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

/** Webhooks may say much; what reaches a report is read by people. */
const LONGEST_MESSAGE = 4000;

/** Turns an answer other than 2xx into an error with the API server's own message. */
export function statusFailure(answer: ApiAnswer, what: string): HoldfastError {
  const status = parseStatus(answer);
  const text = (status?.message ?? firstLine(answer.body)).slice(0, LONGEST_MESSAGE);
  const { code, says, hint } = explain(answer.status, text, status?.reason);
  return new HoldfastError(code, {
    message: text === '' ? `${says} (HTTP ${answer.status}).` : `${says}: ${text}`,
    where: what,
    ...(hint !== undefined && { hint }),
    status: answer.status,
    retryable: answer.status === 429 || answer.status >= 500,
  });
}

/** The Status in an answer, or undefined when somebody else than an API server wrote it. */
export function parseStatus(answer: Pick<ApiAnswer, 'body' | 'contentType'>): Status | undefined {
  if (!answer.body.startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(answer.body) as { kind?: unknown; apiVersion?: unknown } & Status;
    return parsed.kind === 'Status' && parsed.apiVersion === 'v1' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

interface Explanation {
  readonly code: ErrorCode;
  readonly says: string;
  readonly hint?: string;
}

function explain(httpStatus: number, text: string, reason: string | undefined): Explanation {
  switch (httpStatus) {
    case 401:
      return {
        code: 'API_UNAUTHORIZED',
        says: 'The API server does not accept our credentials',
        hint: 'Log in again, or renew the token or client certificate of this context.',
      };
    case 403:
      return { code: 'API_FORBIDDEN', says: 'The API server forbids it', hint: rightNeeded(text) };
    case 404:
      return { code: 'API_NOT_FOUND', says: 'The API server has no such thing' };
    case 409:
      return reason === 'AlreadyExists'
        ? { code: 'API_CONFLICT', says: 'It exists already' }
        : { code: 'API_CONFLICT', says: 'Somebody else changed it meanwhile' };
    case 429:
      return { code: 'API_FAILED', says: 'The API server is too busy' };
    default:
      return httpStatus >= 400 && httpStatus < 500
        ? { code: 'API_REFUSED', says: refuser(text) }
        : { code: 'API_FAILED', says: `The API server failed with HTTP ${httpStatus}` };
  }
}

function refuser(text: string): string {
  return text.startsWith('admission webhook') ? 'An admission webhook refused it' : 'The API server refused it';
}

/** RBAC's message says who may not do what; the hint says how to look into it. */
function rightNeeded(text: string): string {
  const match =
    /User "(?<user>[^"]*)" cannot (?<verb>\S+) resource "(?<resource>[^"]*)" in API group "(?<group>[^"]*)"(?:.* in the namespace "(?<namespace>[^"]*)")?/.exec(
      text,
    );
  if (match?.groups === undefined) return 'Ask for the right, or use a context that has it.';
  const { user, verb, resource, group, namespace } = match.groups;
  const name = group === undefined || group === '' ? resource : `${resource}.${group}`;
  const scope = namespace === undefined ? ' -A' : ` -n ${namespace}`;
  return `Grant "${verb}" on ${name} to ${user} in a Role or ClusterRole; check with: kubectl auth can-i ${verb} ${name}${scope}`;
}

function firstLine(body: string): string {
  return body.trim().split('\n', 1)[0]?.slice(0, 300) ?? '';
}
