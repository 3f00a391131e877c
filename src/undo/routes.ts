import type { KubernetesObject } from '../model/kubernetes.ts';
import { digest } from './fingerprint.ts';

/** Whether an HTTP route is named `<prefix>-<number>`: put in by the fault of that prefix. */
export function isRouteOf(prefix: string, route: unknown): boolean {
  const name = typeof route === 'object' && route !== null ? (route as Record<string, unknown>)['name'] : undefined;
  return typeof name === 'string' && name.startsWith(`${prefix}-`) && /^\d+$/.test(name.slice(prefix.length + 1));
}

/** The HTTP routes of an object's spec. */
export function httpRoutes(object: KubernetesObject): readonly unknown[] {
  const spec = object['spec'] as Readonly<Record<string, unknown>> | undefined;
  const http = spec?.['http'];
  return Array.isArray(http) ? (http as readonly unknown[]) : [];
}

/** The object with other HTTP routes, everything else in its place. */
export function withHttpRoutes<T extends KubernetesObject>(object: T, http: readonly unknown[]): T {
  const spec = object['spec'] as Readonly<Record<string, unknown>>;
  return { ...object, spec: { ...spec, http } };
}

/** The object without the routes of these prefixes, and those routes. */
export function splitRoutes<T extends KubernetesObject>(
  object: T,
  prefixes: readonly string[],
): { readonly object: T; readonly routes: readonly unknown[] } {
  const isOurs = (route: unknown) => prefixes.some((prefix) => isRouteOf(prefix, route));
  const http = httpRoutes(object);
  const routes = http.filter(isOurs);
  if (routes.length === 0) return { object, routes };
  return {
    object: withHttpRoutes(
      object,
      http.filter((route) => !isOurs(route)),
    ),
    routes,
  };
}

/** A digest of a route without its name. */
export function namelessDigest(route: unknown): string {
  const { name: _name, ...rest } = route as { readonly name?: unknown };
  return digest(rest);
}

/** The object without routes that somebody renamed: at most so many of those with one of these digests. */
export function splitRenamed<T extends KubernetesObject>(
  object: T,
  digests: ReadonlySet<string>,
  most: number,
): { readonly object: T; readonly routes: readonly unknown[] } {
  const routes = httpRoutes(object)
    .filter((route) => digests.has(namelessDigest(route)))
    .slice(0, most);
  if (routes.length === 0) return { object, routes };
  const kept = httpRoutes(object).filter((route) => !routes.includes(route));
  return { object: withHttpRoutes(object, kept), routes };
}

/** The object with these routes in front of its own; faults still on it stay reachable until their own undo. */
export function joinRoutes<T extends KubernetesObject>(object: T, routes: readonly unknown[]): T {
  return routes.length === 0 ? object : withHttpRoutes(object, [...routes, ...httpRoutes(object)]);
}
