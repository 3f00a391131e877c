import type { Millis } from '../model/clock.ts';
import type { KubernetesObject, ObjectRef } from '../model/kubernetes.ts';

/** A kind the API server serves, with the path it is served at. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Names of the subresources that are served, e.g. `status`; absent where nobody asked. */
  readonly subresources?: readonly string[];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Deadline of this call; default 10 s. */
  readonly deadline?: Millis;
}

export interface ListOptions extends CallOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface DeleteOptions extends CallOptions {
  /** Refused with 409 unless the object still has this uid. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
}

export interface ObjectKey {
  readonly namespace?: string;
  readonly name: string;
}

export interface AccessRequest {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** A local port that leads to a pod's port until closed. */
export interface PortForward {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** One operation of a JSON patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** A write's answer; `warnings` are the API server's `Warning` headers, to be shown to the user. */
export interface WriteResult {
  readonly object: KubernetesObject;
  readonly warnings: readonly string[];
}

/**
 * The only door to Kubernetes. Every call has a deadline and takes an abort signal. Failures are `HoldfastError`s with
 * an `API_*` code, the HTTP status, the object named in `where`, and the API server's own message.
 * Reads are retried on transient failures inside their deadline; writes are sent once and never retried here.
 */
export interface Cluster {
  readonly context: string;
  readonly server: string;
  /** The kubectl prefix that reaches the same cluster: `kubectl --context X`, for commands we print. */
  readonly kubectl: string;
  /** What the API server calls itself: `v1.33.0`. */
  serverVersion(options?: CallOptions): Promise<string>;
  /** The served version of a resource by group and plural, or undefined when the server has no such resource. Cached. */
  resource(group: string, plural: string, options?: CallOptions): Promise<Resource | undefined>;
  /** The resource of an object read from a manifest; throws `API_NOT_FOUND` naming the kind when it is not served. */
  resourceOf(ref: Pick<ObjectRef, 'apiVersion' | 'kind'>, options?: CallOptions): Promise<Resource>;
  /** The object, or undefined when it does not exist. */
  read(resource: Resource, key: ObjectKey, options?: CallOptions): Promise<KubernetesObject | undefined>;
  list(resource: Resource, options?: ListOptions): Promise<readonly KubernetesObject[]>;
  /** POST with `fieldValidation=Strict`. */
  create(resource: Resource, object: KubernetesObject, options?: CallOptions): Promise<WriteResult>;
  /** PUT with `fieldValidation=Strict`; 409 (`API_CONFLICT`) when `metadata.resourceVersion` is stale. */
  replace(resource: Resource, object: KubernetesObject, options?: CallOptions): Promise<WriteResult>;
  /** PATCH with a JSON patch, all of it or nothing; `API_REFUSED` (422) when one of its `test` operations does not hold. */
  patchJson(
    resource: Resource,
    key: ObjectKey,
    operations: readonly PatchOperation[],
    options?: CallOptions,
  ): Promise<WriteResult>;
  /** DELETE; an object that does not exist is not an error. */
  remove(resource: Resource, key: ObjectKey, options?: DeleteOptions): Promise<void>;
  /** Calls back for each object that is there (ADDED), then for each change, until the signal is aborted; reconnects and re-lists by itself. */
  watch(resource: Resource, options: ListOptions, onEvent: (event: WatchEvent) => void): Promise<void>;
  /** SelfSubjectAccessReview. */
  allowed(request: AccessRequest, options?: CallOptions): Promise<boolean>;
  /** The API server's own clock, in whole seconds; undefined where it does not say. */
  serverTime(options?: CallOptions): Promise<Millis | undefined>;
  /** GET through the API server's pod proxy. */
  podProxyGet(pod: Required<ObjectKey>, port: number, path: string, options?: CallOptions): Promise<HttpAnswer>;
  /** Deadline and signal are for its opening; what is open stays so until it is closed. */
  portForward(pod: Required<ObjectKey>, port: number, options?: CallOptions): Promise<PortForward>;
  close(): Promise<void>;
}

/** The command that undoes what a run, or without one every dead run, left: with flags that reach the same cluster. */
export function recoverCommand({ kubectl, context }: Pick<Cluster, 'kubectl' | 'context'>, run?: string): string {
  // In a cluster's own pod kubectl needs no flags; Holdfast always has its context named.
  const flags = kubectl.replace(/^kubectl\s*/, '') || `--context ${context}`;
  return `holdfast recover ${flags}${run === undefined ? '' : ` --run ${run}`}`;
}
