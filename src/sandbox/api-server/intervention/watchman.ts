import { verbOf } from '../access/authorize.ts';
import { ApiError } from '../api-error.ts';
import type { Backend } from '../backend.ts';
import { resourceName } from '../catalogue/kind.ts';
import type { ApiRequest } from '../http.ts';
import { at } from '../json.ts';
import { parseRoute, type Route } from '../route.ts';
import type { Intervene, Intervention, SeenRequest } from './intervene.ts';
import type { KnownRequest } from './refusal.ts';

/** Knows each request, and asks in turn what is to happen to it. */
export interface Watchman {
  know(backend: Backend, request: ApiRequest): Promise<KnownRequest>;
  ask(known: KnownRequest): Promise<Intervention | undefined>;
}

/** The first of these that answers decides. */
export function createWatchman(asked: readonly Intervene[]): Watchman {
  const counts = new Map<string, number>();
  function nthOf(seen: Omit<SeenRequest, 'nth'>): number {
    const { verb, resource, subresource = '', namespace = '', name = '', path } = seen;
    const key = [verb, ...(resource === '' ? [path] : [resource, subresource, namespace, name])].join(' ');
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    return nth;
  }
  return {
    async know(backend, request) {
      const route = routeOf(backend, request);
      const seen = await see(request, route);
      return { backend, request, route, seen: { ...seen, nth: nthOf(seen) } };
    },
    async ask({ seen }) {
      for (const intervene of asked) {
        const intervention = await intervene(seen);
        if (intervention) return intervention;
      }
      return undefined;
    },
  };
}

function routeOf(backend: Backend, request: ApiRequest): Route | undefined {
  try {
    return parseRoute(backend.catalogue, request.path);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

async function see(request: ApiRequest, route: Route | undefined): Promise<Omit<SeenRequest, 'nth'>> {
  const { path, headers } = request;
  const userAgent = headers['user-agent'] ?? '';
  if (!route) return { verb: request.method.toLowerCase(), resource: '', path, userAgent };
  const { kind, namespace, subresource } = route;
  const verb = verbOf(request, route);
  const name = route.name ?? (verb === 'create' ? await nameInBody(request) : undefined);
  return { verb, resource: resourceName(kind), subresource, namespace, name, path, userAgent };
}

async function nameInBody(request: ApiRequest): Promise<string | undefined> {
  try {
    const name = at(JSON.parse((await request.body()).toString()), 'metadata', 'name');
    return typeof name === 'string' ? name : undefined;
  } catch {
    // Not JSON, or too large: whoever handles it will say so.
    return undefined;
  }
}
