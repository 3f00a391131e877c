import type { Ingress } from '../../cluster/ingress.ts';
import type { Answer, Hop } from './exchange.ts';
import { redirectTarget } from './target.ts';
import type { TransportError } from './transport-error.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Never carried to another origin. */
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization', 'host']);

/** The hop a redirect asks for, an error when it must not be followed, nothing when the answer is final. */
export function nextHop(
  hop: Hop,
  { status, headers, error }: Answer,
  hops: number,
  ingress: Ingress,
): { readonly hop: Hop } | { readonly error: TransportError } | undefined {
  if (error !== undefined || status === undefined || !REDIRECTS.has(status) || headers.location === undefined) {
    return undefined;
  }
  if (hops >= MAX_REDIRECTS) return refused(`more than ${MAX_REDIRECTS} redirects`);
  try {
    const target = redirectTarget(headers.location, hop.target, ingress);
    const sameOrigin = target.url.origin === hop.target.url.origin;
    const kept = Object.entries(hop.headers).filter(([name]) => sameOrigin || !CREDENTIALS.has(name));
    return { hop: asked(status, { ...hop, target, headers: Object.fromEntries(kept) }) };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
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
