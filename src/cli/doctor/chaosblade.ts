import { isReady } from '../../faults/pods.ts';
import type { DriverContext } from '../../faults/driver.ts';
import { findOperator, type Operator } from '../../faults/chaosblade/operator.ts';
import { nodeOf } from '../../faults/chaosblade/pods.ts';
import { BLADE_GROUP, BLADES, listAll } from '../../faults/chaosblade/resources.ts';
import { showVersion } from '../../faults/chaosblade/version.ts';
import { finding } from '../../model/finding.ts';
import { type Check, look, notLookedAt, ofFinding, ok, someOf } from './check.ts';

/** Whether ChaosBlade can act here, where it is installed. */
export async function checkChaosBlade(context: DriverContext): Promise<readonly Check[]> {
  return look('ChaosBlade', async () => {
    const { cluster, signal } = context;
    const resource = await cluster.resource(BLADE_GROUP, BLADES, { signal });
    if (resource === undefined) {
      return [notLookedAt('ChaosBlade', 'It is not installed: network faults and `blade` cannot run here.')];
    }
    if (resource.subresources?.includes('status') === false) {
      const message = 'ChaosBlade resources are served without their status: the operator could not write what it did.';
      return [ofFinding('ChaosBlade', finding('BLADE_MISSING', message), 'warning')];
    }
    const operator = await findOperator(context);
    if (operator === undefined) {
      const message =
        'No operator pod is ready (name=chaosblade-operator): network faults and `blade` cannot run here.';
      return [ofFinding('ChaosBlade', finding('OPERATOR_MISSING', message), 'warning')];
    }
    return [operatorReady(operator), ...(await look('ChaosBlade tool', () => checkTools(operator, context)))];
  });
}

function operatorReady({ namespace, version }: Operator): Check {
  if (version !== undefined) return ok('ChaosBlade', `Operator ${showVersion(version)} is ready in ${namespace}.`);
  const message = `The version of the operator in namespace ${namespace} could not be told from its image.`;
  return ofFinding('ChaosBlade', finding('OPERATOR_UNKNOWN', message));
}

async function checkTools({ namespace }: Operator, context: DriverContext): Promise<readonly Check[]> {
  const [nodes, tools] = await Promise.all([
    listAll(context, '', 'nodes'),
    listAll(context, '', 'pods', { namespace, labelSelector: 'app=chaosblade-tool' }),
  ]);
  const ready = new Set(tools.filter(isReady).map(nodeOf));
  const without = nodes.map(({ metadata }) => metadata.name).filter((name) => !ready.has(name));
  if (without.length === 0) return [ok('ChaosBlade tool', `A tool pod is ready on each of ${nodes.length} nodes.`)];
  const message = `No tool pod is ready on ${someOf(without)}: faults on these nodes and their pods are refused.`;
  const hint = `kubectl -n ${namespace} get pods -l app=chaosblade-tool -o wide`;
  return [ofFinding('ChaosBlade tool', finding('TOOL_MISSING', message, undefined, hint), 'warning')];
}
