import type { Cluster, ObjectKey, Resource } from '../cluster/cluster.ts';
import type { Clock, Millis } from '../model/clock.ts';
import { describeRef } from '../model/describe-ref.ts';
import { HoldfastError } from '../model/errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import { refOf } from './describe.ts';
import { RUN_LABEL, SETUP_LABEL } from './marks.ts';

/** Twice what an API server waits for an admission webhook that says nothing of it. Source: Kubernetes, `timeoutSeconds`. */
const ADMISSION_MS = 20_000;
const LOOK_EVERY_MS = 500;

/** A creation that nobody answered in time, which the API server may still carry out. */
export interface LateCreation {
  /** `creation of VirtualService default/ratings, which was not answered`. */
  readonly title: string;
  /**
   * To be called once the faults have been taken back: waits until hardly anything can come any more and deletes what came.
   * What a setup creates is left to the undo of that setup.
   */
  outwait(signal: AbortSignal): Promise<void>;
}

/**
 * The same cluster, which tells of creations that were given up. An update that comes too late is refused, since it
 * carries an older version of its object; a creation is not, when what was created meanwhile has been deleted again.
 */
export function watchCreations(cluster: Cluster, clock: Clock, onGivenUp: (late: LateCreation) => void): Cluster {
  return {
    ...cluster,
    async create(resource, object, options) {
      const until = clock.now() + ADMISSION_MS;
      try {
        return await cluster.create(resource, object, options);
      } catch (error) {
        if (isGivenUp(error)) {
          const title = `creation of ${describeRef(refOf(object))}, which was not answered`;
          onGivenUp({ title, outwait: async (signal) => outwait(resource, object, until, { cluster, clock, signal }) });
        }
        throw error;
      }
    },
  };
}

/** The connection was open until we gave up; a server that loses it before cancels what it was doing. */
function isGivenUp(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'API_TIMEOUT';
}

async function outwait(
  resource: Resource,
  { metadata }: KubernetesObject,
  until: Millis,
  { cluster, clock, signal }: { readonly cluster: Cluster; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const { name, namespace } = metadata;
  const key: ObjectKey = { name, ...(namespace !== undefined && { namespace }) };
  const isOfSetup = metadata.labels?.[SETUP_LABEL] !== undefined;
  for (let isLast = false; !isLast;) {
    isLast = clock.now() >= until;
    const now = isOfSetup ? undefined : await cluster.read(resource, key, { signal });
    if (now !== undefined && now.metadata.labels?.[RUN_LABEL] === metadata.labels?.[RUN_LABEL]) {
      const { uid } = now.metadata;
      await cluster.remove(resource, key, { ...(uid !== undefined && { uid }), signal });
    }
    if (!isLast) await clock.sleep(Math.min(LOOK_EVERY_MS, until - clock.now()), signal);
  }
}
