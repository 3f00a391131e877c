import type { Drift } from '../../model/event.ts';
import type { IstioFaultSpec } from '../../model/fault.ts';
import { driftOf } from '../../undo/drift.ts';
import type { DriverContext, PreparedFault } from '../driver.ts';
import { wantedOf } from './inject.ts';
import { virtualServices } from './reading.ts';
import { resolveTargets } from './targets.ts';

/**
 * VirtualServices that came up since the injection and lead the callers' requests past the fault: what would have to
 * carry it now and does not, and what carries it but governs nobody any more.
 */
export async function findBypasses(
  prepared: PreparedFault<IstioFaultSpec>,
  context: DriverContext,
): Promise<readonly Drift[]> {
  const wanted = wantedOf(prepared);
  const all = await context.cluster.list(await virtualServices(context), { signal: context.signal });
  const { targets, done } = resolveTargets(all, wanted);
  const { service, apiVersion } = wanted;
  const past = targets
    .filter(({ action }) => action === 'edit')
    .flatMap(({ before }) => driftOf(before, [`it leads requests to ${service.name} past the fault`]));
  if (past.length > 0 || (done.length > 0 && targets.length === 0)) return past;
  const object = prepared.plan.changes[0]?.object ?? { apiVersion, kind: 'VirtualService', ...service };
  return [
    { object, detail: `some calls to ${service.name} are governed by no VirtualService with the fault any more` },
  ];
}
