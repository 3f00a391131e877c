import type { Ingress } from '../../cluster/ingress.ts';
import type { Answer, Hop } from './exchange.ts';
import { redirectTarget, type Target } from './target.ts';
import type { TransportError } from './transport-error.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** All that is carried to another origin: any other header may hold what lets its bearer in. */
const HARMLESS = new Set(['user-agent', 'accept', 'accept-language']);

/** The hop a redirect asks for, an error when it must not be followed, nothing when the answer is final. */
export function nextHop(
  hop: Hop,
  { status, headers, error }: Answer,
  hops: number,
  limits: { readonly ingress: Ingress; readonly offLimits: readonly string[] },
): { readonly hop: Hop } | { readonly error: TransportError } | undefined {
  if (error !== undefined || status === undefined || !REDIRECTS.has(status) || headers.location === undefined) {
    return undefined;
  }
  if (hops >= MAX_REDIRECTS) return refused(`more than ${MAX_REDIRECTS} redirects`);
  try {
    const target = redirectTarget(headers.location, hop.target, limits.ingress);
    if (limits.offLimits.includes(`${target.address}:${target.port}`))
      return refused('redirect to the API server refused');
    return elsewhere(asked(status, { ...hop, target }), target.url.origin === hop.target.url.origin);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

/** Whether cookies of one may be shown to the other: the same host, on the same port or, from http to https, the usual ones. */
export function sameSite(a: Target, b: Target): boolean {
  const upgraded = a.url.protocol === 'https:' && b.url.protocol === 'http:' && a.url.port === '' && b.url.port === '';
  return a.url.hostname === b.url.hostname && (upgraded || a.url.origin === b.url.origin);
}

function elsewhere(hop: Hop, sameOrigin: boolean): { readonly hop: Hop } | { readonly error: TransportError } {
  if (sameOrigin) return { hop };
  if (hop.body !== undefined) return refused('redirect of a request with a body to another origin refused');
  const kept = Object.entries(hop.headers).filter(([name]) => HARMLESS.has(name));
  return { hop: { ...hop, headers: Object.fromEntries(kept) } };
}

/** 303 asks for a GET; 301 and 302 turn a POST into one, as every browser does (RFC 9110, 15.4). */
function asked(status: number, hop: Hop): Hop {
  const becomesGet = status === 303 ? hop.method !== 'HEAD' : status <= 302 && hop.method === 'POST';
  if (!becomesGet) return hop;
  const { body: _, ...rest } = hop;
  const headers = Object.entries(hop.headers).filter(([name]) => !name.startsWith('content-'));
  return { ...rest, method: 'GET', headers: Object.fromEntries(headers) };
}

function refused(detail: string): { readonly error: TransportError } {
  return { error: { kind: 'protocol', detail } };
}
