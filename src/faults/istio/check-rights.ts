import type { AccessRequest } from '../../cluster/cluster.ts';
import type { Finding } from '../../model/finding.ts';
import type { DriverContext } from '../driver.ts';
import { finding } from './findings.ts';
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
  const rules = { group: ISTIO_GROUP, resource: 'virtualservices' };
  const needed = new Map<string, AccessRequest>();
  for (const { action, before } of targets) {
    const namespace = before.metadata.namespace ?? 'default';
    const verbs = action === 'create' ? ['get', 'create', 'update', 'delete'] : ['get', 'update'];
    for (const verb of verbs)
      needed.set(`${verb} virtualservices in namespace ${namespace}`, { verb, namespace, ...rules });
  }
  const missing = await missingOf(needed, context);
  const counters = new Map<string, AccessRequest>();
  for (const namespace of new Set(pods.map((pod) => pod.namespace))) {
    const request = { verb: 'get', group: '', resource: 'pods', subresource: 'proxy', namespace };
    counters.set(`get pods/proxy in namespace ${namespace}`, request);
  }
  const unreadable = await missingOf(counters, context);
  return [
    ...missing.map((right) =>
      finding(
        'NO_RIGHTS',
        `This identity may not ${right}.`,
        undefined,
        'Apply the RBAC manifest of the documentation.',
      ),
    ),
    ...unreadable.map((right) => {
      const rest = hasProof
        ? 'Only the proof probe shows the effect.'
        : 'Without a `proof` probe the run can only be inconclusive.';
      return finding('NO_EVIDENCE', `This identity may not ${right}, so the proxies' counters cannot be read. ${rest}`);
    }),
  ];
}

/** Whether all VirtualServices may be listed, without which nothing can be told about a host. */
export async function mayListRules({ cluster, signal }: DriverContext): Promise<boolean> {
  return cluster.allowed({ verb: 'list', group: ISTIO_GROUP, resource: 'virtualservices' }, { signal });
}

async function missingOf(
  needed: ReadonlyMap<string, AccessRequest>,
  { cluster, signal }: DriverContext,
): Promise<readonly string[]> {
  const answers = await Promise.all(
    [...needed].map(async ([right, request]) => ((await cluster.allowed(request, { signal })) ? [] : [right])),
  );
  return answers.flat();
}
