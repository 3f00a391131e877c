import type { Call } from '../backend.ts';
import { isDryRun, resourceOf } from '../backend.ts';
import { decodeObject } from '../handlers/body.ts';
import { named } from '../handlers/read.ts';
import type { Reply } from '../http.ts';
import { stringsAt } from '../json.ts';

/** POST of `pods/NAME/eviction`: the pod goes; there are no disruption budgets here that could refuse it. */
export async function evictPod(call: Call): Promise<Reply> {
  const body = await decodeObject(call, { kind: 'Eviction', apiVersion: 'policy/v1' });
  const { namespace, name } = named(call).metadata;
  const dryRun = isDryRun(call) || stringsAt(body, 'deleteOptions', 'dryRun').includes('All');
  if (!dryRun) call.backend.store.remove(resourceOf(call), namespace, name, { gracePeriodSeconds: 'default' });
  return { code: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}
