import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { Millis } from '../../model/clock.ts';
import { formatHolder, type LeaseHolder } from './holder.ts';

/** A lease lasts this long without renewal. */
export const LEASE_SECONDS = 15;

const KEY_ANNOTATION = 'holdfast.dev/lock-key';
const RUN_LABEL = 'holdfast.dev/run';
const MANAGED = { 'app.kubernetes.io/managed-by': 'holdfast' };

/** Selects every lease of ours. */
export const LEASE_SELECTOR = 'app.kubernetes.io/managed-by=holdfast';

/** What a lease says. Times are wall-clock milliseconds of whoever wrote them. */
export interface Claim {
  readonly key: string;
  readonly run: string;
  readonly identity: string;
  readonly acquired: Millis | undefined;
  readonly renewed: Millis | undefined;
  readonly duration: Millis;
  /** When the API server saw the last write, by its own clock. */
  readonly written: Millis | undefined;
}

/**
 * Where the lease of a lock key lies: `vs:default/ratings` and `tc:pod/default/ratings-1/eth0` in namespace default, and
 * what belongs to no namespace (`tc:node/worker-1/eth0`) in `default` too. The hash keeps apart what the readable part of the name does not.
 */
export function leaseKey(key: string): { readonly namespace: string; readonly name: string } {
  const [, namespace] = /^(?:(?:tc|blade):pod\/|[^:]+:)([a-z0-9]([a-z0-9-]*[a-z0-9])?)\/./.exec(key) ?? [];
  const readable = key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-|-$/g, '');
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 10);
  return {
    namespace: namespace === undefined || namespace === 'node' ? 'default' : namespace,
    name: `holdfast-${readable}-${hash}`,
  };
}

/** A lease that nobody held before. */
export function newLease(key: string, holder: LeaseHolder, now: Date): KubernetesObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...leaseKey(key),
      labels: { ...MANAGED, [RUN_LABEL]: holder.run },
      annotations: { [KEY_ANNOTATION]: key },
    },
    spec: { ...held(holder, now), leaseTransitions: 0 },
  };
}

/** The lease of a dead holder, taken over. */
export function takenOver(lease: KubernetesObject, key: string, holder: LeaseHolder, now: Date): KubernetesObject {
  const { metadata } = lease;
  const before = specOf(lease)['leaseTransitions'];
  return {
    ...lease,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...MANAGED, [RUN_LABEL]: holder.run },
      annotations: { ...metadata.annotations, [KEY_ANNOTATION]: key },
    },
    spec: { ...held(holder, now), leaseTransitions: (typeof before === 'number' ? before : 0) + 1 },
  };
}

/** The same lease, held for another while. */
export function renewed(lease: KubernetesObject, now: Date): KubernetesObject {
  return { ...lease, spec: { ...specOf(lease), renewTime: microTime(now) } };
}

/** Still the same holding, not one by the same process later. */
export function isSameHolding(a: KubernetesObject, b: KubernetesObject): boolean {
  const [left, right] = [specOf(a), specOf(b)];
  return left['holderIdentity'] === right['holderIdentity'] && left['acquireTime'] === right['acquireTime'];
}

export function readClaim(lease: KubernetesObject): Claim {
  const spec = specOf(lease);
  const { metadata } = lease;
  const seconds = spec['leaseDurationSeconds'];
  const identity = spec['holderIdentity'];
  const writes = (metadata.managedFields ?? [])
    .map((entry) => millis(entry['time']))
    .filter((time) => time !== undefined);
  return {
    key: metadata.annotations?.[KEY_ANNOTATION] ?? `${metadata.namespace ?? ''}/${metadata.name}`,
    run: metadata.labels?.[RUN_LABEL] ?? '',
    identity: typeof identity === 'string' ? identity : '',
    acquired: millis(spec['acquireTime']),
    renewed: millis(spec['renewTime']),
    duration: (typeof seconds === 'number' ? seconds : LEASE_SECONDS) * 1000,
    written: writes.length === 0 ? undefined : Math.max(...writes),
  };
}

function held(holder: LeaseHolder, now: Date): object {
  return {
    holderIdentity: formatHolder(holder),
    leaseDurationSeconds: LEASE_SECONDS,
    acquireTime: microTime(now),
    renewTime: microTime(now),
  };
}

/** The API server refuses a MicroTime that has not exactly six digits. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

function millis(value: unknown): Millis | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

function specOf(lease: KubernetesObject): Readonly<Record<string, unknown>> {
  return (lease['spec'] ?? {}) as Readonly<Record<string, unknown>>;
}
