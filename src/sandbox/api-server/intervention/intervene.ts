import type { Misbehaviour } from './misbehaviour.ts';

/** A request as it is shown before it is handled. */
export interface SeenRequest {
  /** The RBAC verb, e.g. `update`, `watch`. */
  readonly verb: string;
  /** The store's name of its kind, e.g. `virtualservices.networking.istio.io`; empty for paths that are no resource. */
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  /** Also of an object that is about to be created. */
  readonly name?: string;
  readonly path: string;
  readonly userAgent: string;
  /** How many of this verb, resource, namespace and name there were, with this one. */
  readonly nth: number;
}

/** What is to happen to a request. */
export interface Intervention {
  readonly misbehaviour?: Misbehaviour;
  /** Awaited when the request took effect and before its answer leaves; told the answer's HTTP status. */
  readonly answered?: (code: number) => void | Promise<void>;
}

/** Asked, and awaited, before each request of a known user is handled. */
export type Intervene = (request: SeenRequest) => Intervention | undefined | Promise<Intervention | undefined>;
