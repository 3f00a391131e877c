import { randomUUID } from 'node:crypto';
import type { Forward, HeaderChange, RequestHead } from '../config/route-table.ts';
import { valueOf, without, withHeader, type HeaderList } from './headers.ts';

/** Applies `remove`, `set` and `add`, in Envoy's order. */
export function changed(headers: HeaderList, change: HeaderChange): HeaderList {
  let result = without(headers, ...change.remove);
  for (const [name, value] of change.set) result = withHeader(result, name, value);
  return [...result, ...change.add];
}

/** Headers that only Envoy itself may set; a gateway takes them from nobody outside. */
const INTERNAL = [
  'x-envoy-max-retries',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-peer-metadata-id',
  'x-envoy-attempt-count',
];

/** At the edge nobody is believed: a new request id, the client's own address appended, no internal headers. */
export function atTheEdge(headers: HeaderList, clientAddress: string, scheme: string): HeaderList {
  const forwardedFor = valueOf(headers, 'x-forwarded-for');
  const address = clientAddress.replace(/^::ffff:/, '');
  let result = without(headers, ...INTERNAL);
  result = withHeader(result, 'x-request-id', randomUUID());
  result = withHeader(result, 'x-forwarded-proto', scheme);
  return withHeader(result, 'x-forwarded-for', forwardedFor === undefined ? address : `${forwardedFor},${address}`);
}

/** Inside the mesh what is there stays, and what is missing is added. */
export function insideTheMesh(headers: HeaderList, scheme: string): HeaderList {
  const withId =
    valueOf(headers, 'x-request-id') === undefined ? withHeader(headers, 'x-request-id', randomUUID()) : headers;
  return valueOf(withId, 'x-forwarded-proto') === undefined ? withHeader(withId, 'x-forwarded-proto', scheme) : withId;
}

/** The request line's target and the authority after a route's rewrites. */
export function rewritten(head: RequestHead, action: Forward): { readonly target: string; readonly authority: string } {
  const path = action.rewritePath ? action.rewritePath(head.path) : head.path;
  return {
    target: head.query === '' ? path : `${path}?${head.query}`,
    authority: action.rewriteAuthority ?? head.authority,
  };
}
