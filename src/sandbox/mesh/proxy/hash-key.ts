import type { ConsistentHashSpec } from '../config/objects.ts';
import { queryValue } from '../config/request-match.ts';
import type { Exchange } from './exchange.ts';
import { valueOf } from './headers.ts';

/** What of a request decides its host under consistent hashing; undefined when the request does not have it. */
export function hashKey(on: ConsistentHashSpec, { head, clientAddress }: Exchange): string | undefined {
  if (on.httpHeaderName !== undefined) return valueOf(head.headers, on.httpHeaderName.toLowerCase());
  if (on.httpQueryParameterName !== undefined) return queryValue(head.query, on.httpQueryParameterName);
  if (on.httpCookie?.name !== undefined) return cookie(valueOf(head.headers, 'cookie') ?? '', on.httpCookie.name);
  return on.useSourceIp ? clientAddress : undefined;
}

function cookie(header: string, name: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
