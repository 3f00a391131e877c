import { randomUUID } from 'node:crypto';
import type { Forward, HeaderChange, HeaderChanges, RequestHead } from '../config/route-table.ts';
import { valueOf, withHeader, without, type HeaderList } from './headers.ts';
import type { Hop } from './hop.ts';
import type { RouterPolicy } from './router.ts';

/** Where a request enters: from outside, or from an application inside the mesh. */
export type Entrance = 'edge' | 'mesh';

/** Tells the called side's proxy who calls; it takes the header away again. */
export const PEER_HEADER = 'x-envoy-peer-metadata-id';

/** Callers' wishes for the router, which are not passed on. */
const WISHES = ['x-envoy-max-retries', 'x-envoy-upstream-rq-timeout-ms'];

interface Plan {
  readonly authority: string;
  readonly changes: readonly HeaderChanges[];
  readonly policy: RouterPolicy;
}

/** A request's headers as they go up: the proxy's own, then the route's changes, then what the router adds. */
export function upstreamHeaders({ exchange, context }: Hop, entrance: Entrance, plan: Plan): HeaderList {
  const { headers: given, scheme } = exchange.head;
  let headers = entrance === 'edge' ? atTheEdge(given, exchange.clientAddress, scheme) : insideTheMesh(given, scheme);
  for (const { request } of plan.changes) headers = changed(headers, request);
  headers = withHeader(without(headers, 'host', ...WISHES), PEER_HEADER, context.pod.ip);
  const limit = plan.policy.retry?.perTryTimeoutMs ?? plan.policy.timeoutMs;
  if (limit !== undefined) headers = withHeader(headers, 'x-envoy-expected-rq-timeout-ms', String(Math.round(limit)));
  return [['host', plan.authority], ...headers];
}

/** At the edge nobody is believed: a new request id, the client's own address appended, no internal headers. */
function atTheEdge(headers: HeaderList, clientAddress: string, scheme: string): HeaderList {
  const forwardedFor = valueOf(headers, 'x-forwarded-for');
  let result = without(headers, ...WISHES, PEER_HEADER, 'x-envoy-attempt-count');
  result = withHeader(result, 'x-request-id', randomUUID());
  result = withHeader(result, 'x-forwarded-proto', scheme);
  const client = forwardedFor === undefined ? clientAddress : `${forwardedFor},${clientAddress}`;
  return withHeader(result, 'x-forwarded-for', client);
}

/** Inside the mesh what is there stays, and what is missing is added. */
export function insideTheMesh(headers: HeaderList, scheme: string): HeaderList {
  const missing: [string, string][] = [];
  if (valueOf(headers, 'x-request-id') === undefined) missing.push(['x-request-id', randomUUID()]);
  if (valueOf(headers, 'x-forwarded-proto') === undefined) missing.push(['x-forwarded-proto', scheme]);
  return [...headers, ...missing];
}

/** Applies `remove`, `set` and `add`, in Envoy's order. */
export function changed(headers: HeaderList, change: HeaderChange): HeaderList {
  let result = without(headers, ...change.remove);
  for (const [name, value] of change.set) result = withHeader(result, name, value);
  return [...result, ...change.add];
}

/** The request line's target and the authority after a route's rewrites. */
export function rewritten(head: RequestHead, action: Forward): { readonly target: string; readonly authority: string } {
  const path = action.rewritePath ? action.rewritePath(head.path) : head.path;
  return { target: targetOf({ ...head, path }), authority: action.rewriteAuthority ?? head.authority };
}

/** Path and query as in the request line. */
export function targetOf({ path, query }: RequestHead): string {
  return query === '' ? path : `${path}?${query}`;
}
