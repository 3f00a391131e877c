import type { Network } from '../network.ts';
import type { StoredObject } from '../store.ts';
import type { Tokens } from './access/tokens.ts';
import type { StatusCause } from './api-error.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import { resourceName } from './catalogue/kind.ts';
import type { ApiRequest } from './http.ts';
import type { Route } from './route.ts';
import type { VersionedStore } from './store.ts';

/** What the admission chain says to a write. */
export interface AdmissionAnswer {
  readonly denied?: {
    readonly code: number;
    readonly reason: string;
    readonly message: string;
    readonly causes?: readonly StatusCause[];
  };
  readonly warnings: readonly string[];
}

/** Judges an object before it is stored; `resource` is the store's name of its kind. */
export type Admission = (
  operation: 'CREATE' | 'UPDATE',
  resource: string,
  object: StoredObject,
  old?: StoredObject,
) => AdmissionAnswer;

/** What the handlers work with. */
export interface Backend {
  readonly store: VersionedStore;
  readonly network: Network;
  readonly catalogue: Catalogue;
  readonly tokens: Tokens;
  readonly admission?: Admission;
}

/** A request for a resource, its path read. */
export interface Call {
  readonly backend: Backend;
  readonly request: ApiRequest;
  readonly route: Route;
  readonly body: Buffer;
}

/** The store's name of the kind a call is about. */
export function resourceOf(call: Call): string {
  return resourceName(call.route.kind);
}

/** Whether the caller only wants to know what would happen. */
export function isDryRun(call: Call): boolean {
  return call.request.query.getAll('dryRun').includes('All');
}
