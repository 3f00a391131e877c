import type { CallOptions, Cluster } from '../cluster.ts';
import { type Finding, finding } from '../../model/finding.ts';
import { leaseKey } from './lease-object.ts';

/** To take a lock, to keep it (renewal) and to give it back. */
const VERBS = ['get', 'create', 'update', 'delete'];

/** What this identity lacks for locking these keys; nothing is touched. */
export async function checkLeaseRights(
  cluster: Cluster,
  keys: readonly string[],
  options: CallOptions,
): Promise<readonly Finding[]> {
  const namespaces = [...new Set(keys.map((key) => leaseKey(key).namespace))];
  const asked = namespaces.flatMap((namespace) => VERBS.map((verb) => ({ namespace, verb })));
  const answers = await Promise.all(
    asked.map(async ({ namespace, verb }) =>
      cluster.allowed({ verb, group: 'coordination.k8s.io', resource: 'leases', namespace }, options),
    ),
  );
  return asked
    .filter((_, index) => answers[index] !== true)
    .map(({ namespace, verb }) => {
      const message = `This identity may not ${verb} leases in namespace ${namespace}, which the lock on a target needs.`;
      return finding('NO_RIGHTS', message, undefined, 'deploy/rbac.yaml of Holdfast grants it.');
    });
}
