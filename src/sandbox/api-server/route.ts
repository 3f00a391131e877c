import { ApiError } from './api-error.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { Kind } from './catalogue/kind.ts';

/** What a path under /api or /apis leads to. */
export interface Route {
  readonly kind: Kind;
  readonly version: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** What follows the subresource, with its leading slash; only proxies have it. */
  readonly rest: string;
}

/** Reads a resource path; undefined when it is not one, 404 when nothing is served there. */
export function parseRoute(catalogue: Catalogue, path: string): Route | undefined {
  const match = /^\/(?:api\/(?<core>v1)|apis\/(?<group>[^/]+)\/(?<version>[^/]+))\/(?<tail>.+)$/.exec(path);
  if (!match?.groups) return undefined;
  const { core, group = '', version = core ?? '', tail = '' } = match.groups;
  const parts = tail.split('/').map(decode);
  const scoped = parts[0] === 'namespaces' && parts.length > 2 && !isNamespaceSubresource(parts);
  const namespace = scoped ? parts[1] : undefined;
  const [plural = '', name, subresource, ...rest] = scoped ? parts.slice(2) : parts;
  const kind = catalogue.find(group, version, plural);
  if (!kind || (namespace !== undefined && !kind.namespaced)) throw nothingServed();
  if (kind.namespaced && namespace === undefined && name !== undefined) throw nothingServed();
  return {
    kind,
    version,
    namespace,
    name: name || undefined,
    subresource: subresource || undefined,
    rest: restOf(tail, scoped ? 5 : 3, rest.length),
  };
}

/** 404 for a path that leads nowhere. */
export function nothingServed(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

function isNamespaceSubresource(parts: readonly string[]): boolean {
  return parts.length === 3 && (parts[2] === 'status' || parts[2] === 'finalize');
}

/** The undecoded remainder, so that a proxied path arrives as it was sent. */
function restOf(tail: string, skipped: number, length: number): string {
  return length === 0 ? '' : `/${tail.split('/').slice(skipped).join('/')}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw nothingServed();
  }
}
