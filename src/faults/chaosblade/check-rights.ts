import type { AccessRequest } from '../../cluster/cluster.ts';
import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { DriverContext } from '../driver.ts';
import { missingRights, RIGHTS_HINT } from '../missing-rights.ts';
import { isTc } from './catalogue.ts';
import { BLADE_GROUP, BLADES } from './resources.ts';

/** The rights that the fault, its undoing and the checks before it need. The operator's own are not ours to check. */
export async function checkRights(spec: ChaosBladeFaultSpec, context: DriverContext): Promise<readonly Finding[]> {
  const missing = await missingRights(requestsFor(spec, context), context);
  return missing.map((right) => {
    const message = `This identity may not ${right.verb} ${right.resource}${inNamespaces(right)}.`;
    return finding('NO_RIGHTS', message, undefined, RIGHTS_HINT);
  });
}

function requestsFor(spec: ChaosBladeFaultSpec, { forceFinalizer }: DriverContext): readonly AccessRequest[] {
  const blade = { group: BLADE_GROUP, resource: BLADES };
  const verbs = ['create', 'get', 'list', 'delete', ...(forceFinalizer === true ? ['patch'] : [])];
  const core = (resource: string): AccessRequest => ({ verb: 'list', group: '', resource });
  return [
    ...verbs.map((verb) => ({ verb, ...blade })),
    core('pods'),
    ...(spec.scope === 'node' ? [core('nodes')] : []),
    ...(readsPorts(spec) ? [core('services')] : []),
  ];
}

function readsPorts(spec: ChaosBladeFaultSpec): boolean {
  return spec.scope === 'node' && isTc(spec) && (spec.flags['local-port'] ?? spec.nodePortOf) !== undefined;
}

function inNamespaces({ resource }: AccessRequest): string {
  return ['pods', 'services'].includes(resource) ? ' in all namespaces' : '';
}
