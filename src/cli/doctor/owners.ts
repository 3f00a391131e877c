import type { DriverContext } from '../../faults/driver.ts';
import { checkOwner } from '../../faults/istio/check-owners.ts';
import { ISTIO_GROUP, listObjects } from '../../faults/istio/reading.ts';
import { ifSeen } from '../../faults/istio/survey.ts';
import { type Check, look, notLookedAt, ofFinding, ok } from './check.ts';

const WHAT = 'owners of rules';
const MOST = 5;

/** Controllers that would put a VirtualService back while a fault is in it. */
export async function checkOwners(context: DriverContext): Promise<readonly Check[]> {
  return look(WHAT, async () => {
    const { cluster, signal } = context;
    if ((await cluster.resource(ISTIO_GROUP, 'virtualservices', { signal })) === undefined) return [];
    const [rules, canaries] = await Promise.all([
      listObjects(context, ISTIO_GROUP, 'virtualservices'),
      cluster.resource('flagger.app', 'canaries', { signal }).then(async (served) => ({
        served,
        seen: served && (await ifSeen(context, 'flagger.app', 'canaries')),
      })),
    ]);
    const owned = rules.flatMap((rule) => checkOwner(rule));
    const checks = owned.slice(0, MOST).map((it) => ofFinding(WHAT, it, 'warning'));
    const rest = owned.length - MOST;
    return [
      ...(owned.length === 0
        ? [ok(WHAT, `None of ${rules.length} VirtualServices has an owner that would put it back.`)]
        : checks),
      ...(rest > 0 ? [notLookedAt(WHAT, `${rest} more are owned too.`)] : []),
      ...(canaries.served !== undefined && canaries.seen === undefined
        ? [notLookedAt('Flagger', 'This identity may not list canaries.')]
        : []),
      ...(canaries.seen === undefined
        ? []
        : [ok('Flagger', `${canaries.seen.length} Canaries; their services are refused.`)]),
    ];
  });
}
