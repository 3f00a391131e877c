import type { AccessRequest } from '../cluster/cluster.ts';
import type { DriverContext } from './driver.ts';

/** What to do about a right that is missing. */
export const RIGHTS_HINT = 'deploy/rbac.yaml of Holdfast lists what each kind of fault needs.';

/** Those of these rights that the identity does not have; reads only. */
export async function missingRights<Right extends AccessRequest>(
  rights: readonly Right[],
  { cluster, signal }: Pick<DriverContext, 'cluster' | 'signal'>,
): Promise<readonly Right[]> {
  const allowed = await Promise.all(rights.map(async (right) => cluster.allowed(right, { signal })));
  return rights.filter((_, index) => allowed[index] !== true);
}
