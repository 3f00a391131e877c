import { isIP } from 'node:net';
import type { Ingress } from '../../cluster/ingress.ts';

/** Where one request goes: what it calls itself, and what is connected to. */
export interface Target {
  /** As the server knows itself; cookies and redirects are resolved against it. */
  readonly url: URL;
  readonly address: string;
  readonly port: number;
  /** Host header. */
  readonly host: string;
  /** SNI; empty for an IP address, which TLS does not allow there. */
  readonly serverName: string;
}

/** Resolves a probe's path: on the ingress, or at its own origin when it is an absolute URL. Throws on an invalid URL. */
export function resolveTarget(path: string, query: Readonly<Record<string, string>>, ingress: Ingress): Target {
  const absolute = /^https?:\/\//i.test(path);
  const url = new URL(absolute ? path : `${ingress.scheme}://${ingress.host}${path.startsWith('/') ? '' : '/'}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  return absolute ? ownOrigin(url) : throughIngress(url, ingress);
}

/**
 * Where a redirect leads. The ingress' own host name need not resolve here, so it stays on the ingress' address.
 * Throws on anything but http and https.
 */
export function redirectTarget(location: string, from: Target, ingress: Ingress): Target {
  const url = new URL(location, from.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`redirect to ${url.protocol} refused`);
  }
  const own = new URL(`${ingress.scheme}://${ingress.host}`);
  // Another port of it is another server.
  const isIngress = url.hostname === own.hostname && (url.port === '' || url.port === own.port);
  return isIngress ? throughIngress(url, ingress) : ownOrigin(url);
}

function throughIngress(url: URL, ingress: Ingress): Target {
  const sameScheme = url.protocol === `${ingress.scheme}:`;
  return { ...ownOrigin(url), address: ingress.address, ...(sameScheme && { port: ingress.port }) };
}

function ownOrigin(url: URL): Target {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { url, address: hostname, port, host: url.host, serverName: isIP(hostname) === 0 ? hostname : '' };
}
