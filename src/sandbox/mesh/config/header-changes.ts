import type { HeaderOperation, HeadersSpec } from './objects.ts';
import type { HeaderChange, HeaderChanges } from './route-table.ts';

/** Changing the Host header means another authority, which is not a header operation in Envoy. */
const AUTHORITY = new Set(['host', ':authority']);

export function headerChanges(spec: HeadersSpec | undefined): HeaderChanges {
  return { request: headerChange(spec?.request), response: headerChange(spec?.response) };
}

/** The authority that `set` asks for, if any. */
export function authorityFrom(spec: HeadersSpec | undefined): string | undefined {
  return Object.entries(spec?.request?.set ?? {}).find(([name]) => AUTHORITY.has(name.toLowerCase()))?.[1];
}

function headerChange(operation: HeaderOperation | undefined): HeaderChange {
  return {
    set: pairs(operation?.set),
    add: pairs(operation?.add),
    remove: (operation?.remove ?? []).map((name) => name.toLowerCase()),
  };
}

function pairs(values: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(values ?? {})
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(([name]) => !AUTHORITY.has(name));
}
