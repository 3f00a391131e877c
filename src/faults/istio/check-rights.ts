import type { AccessRequest } from '../../cluster/cluster.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { DriverContext } from '../driver.ts';
import { missingRights, RIGHTS_HINT } from '../missing-rights.ts';
import type { Named } from './handle.ts';
import { ISTIO_GROUP } from './reading.ts';
import type { Target } from './targets.ts';

/** Rights for the writes, for undoing them, and for reading the callers' counters. */
export async function checkRights(
  targets: readonly Target[],
  pods: readonly Named[],
  hasProof: boolean,
  context: DriverContext,
): Promise<readonly Finding[]> {
  const [missing, unreadable] = await Promise.all([
    missingRights(writes(targets), context),
    missingRights(counters(pods), context),
  ]);
  const rest = hasProof
    ? 'Only the proof probe shows the effect.'
    : 'Without a `proof` probe the run can only be inconclusive.';
  return [
    ...missing.map(({ verb, namespace }) => {
      const message = `This identity may not ${verb} virtualservices in namespace ${namespace}.`;
      return finding('NO_RIGHTS', message, undefined, RIGHTS_HINT);
    }),
    ...unreadable.map(({ namespace }) => {
      const right = `get pods/proxy in namespace ${namespace}`;
      return finding('NO_EVIDENCE', `This identity may not ${right}, so the proxies' counters cannot be read. ${rest}`);
    }),
  ];
}

/** Whether all VirtualServices may be listed, without which nothing can be told about a host. */
export async function mayListRules({ cluster, signal }: DriverContext): Promise<boolean> {
  return cluster.allowed({ verb: 'list', group: ISTIO_GROUP, resource: 'virtualservices' }, { signal });
}

function writes(targets: readonly Target[]): readonly AccessRequest[] {
  const needed = targets.flatMap(({ action, before }) => {
    const namespace = before.metadata.namespace ?? 'default';
    const verbs = action === 'create' ? ['get', 'create', 'update', 'delete'] : ['get', 'update'];
    return verbs.map((verb) => ({ verb, group: ISTIO_GROUP, resource: 'virtualservices', namespace }));
  });
  return [...new Map(needed.map((it) => [`${it.verb} ${it.namespace}`, it])).values()];
}

function counters(pods: readonly Named[]): readonly AccessRequest[] {
  const namespaces = [...new Set(pods.map((pod) => pod.namespace))];
  return namespaces.map((namespace) => ({ verb: 'get', group: '', resource: 'pods', subresource: 'proxy', namespace }));
}
