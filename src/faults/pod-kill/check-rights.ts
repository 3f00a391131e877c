import type { AccessRequest } from '../../cluster/cluster.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { missingRights, RIGHTS_HINT } from '../missing-rights.ts';
import { controllerOf } from '../pods.ts';

/** Rights to find the pods, to see what becomes of them, and to delete them. */
export async function checkPodRights(namespace: string, context: DriverContext): Promise<readonly Finding[]> {
  const verbs = ['list', 'delete'];
  return missing(
    verbs.map((verb) => ({ verb, group: '', resource: 'pods', namespace })),
    context,
  );
}

/** Rights to read those who own some pods, without whom nobody can tell whether a pod comes back. */
export async function checkOwnerRights(
  pods: readonly KubernetesObject[],
  namespace: string,
  context: DriverContext,
): Promise<readonly Finding[]> {
  const { cluster, signal } = context;
  const controllers = pods.flatMap((pod) => controllerOf(pod) ?? []);
  const kinds = new Map(controllers.map(({ apiVersion, kind }) => [`${apiVersion}/${kind}`, { apiVersion, kind }]));
  // Nearly every ReplicaSet belongs to a Deployment, and which ones cannot be asked without this very right.
  if ([...kinds.values()].some(({ kind }) => kind === 'ReplicaSet')) {
    kinds.set('apps/v1/Deployment', { apiVersion: 'apps/v1', kind: 'Deployment' });
  }
  const resources = await Promise.all([...kinds.values()].map(async (kind) => cluster.resourceOf(kind, { signal })));
  return missing(
    resources.map(({ group, plural }) => ({ verb: 'get', group, resource: plural, namespace })),
    context,
  );
}

async function missing(requests: readonly AccessRequest[], context: DriverContext): Promise<readonly Finding[]> {
  const rights = await missingRights(requests, context);
  return rights.map(({ verb, group, resource, namespace = '' }) => {
    const name = group === '' ? resource : `${resource}.${group}`;
    const message = `This identity may not ${verb} ${name} in namespace ${namespace}.`;
    return finding('NO_RIGHTS', message, undefined, RIGHTS_HINT);
  });
}
