import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { DriverContext } from '../driver.ts';
import { isReady } from '../pods.ts';
import { isExec } from './catalogue.ts';
import type { Operator } from './operator.ts';
import { nodeOf, runtimeOf } from './pods.ts';
import type { Resolution } from './resolve.ts';
import { listAll } from './resources.ts';
import { isOlder } from './version.ts';

const LABEL = 'app=chaosblade-tool';
/** Since then the tool enters a container's namespaces from outside, and knows containerd. Source: chaosblade-operator 1.6, 1.5. */
const ENTERS_SINCE = '1.6';
const CONTAINERD_SINCE = '1.5';

/** Whether the tool can get to every target: without a tool pod on its node the operator only reports a failed exec. */
export async function checkTools(
  spec: ChaosBladeFaultSpec,
  { expected, pods }: Resolution,
  operator: Operator | undefined,
  context: DriverContext,
): Promise<readonly Finding[]> {
  if (!isExec(spec) || operator === undefined) return [];
  const runtimes = spec.scope === 'node' ? [] : pods.flatMap((pod) => checkRuntime(pod, operator));
  if (spec.scope !== 'node' && isOlder(operator.version, ENTERS_SINCE)) return [...runtimes, copied()];
  const tools = await listAll(context, '', 'pods', { namespace: operator.namespace, labelSelector: LABEL });
  const ready = new Set(tools.filter(isReady).map(nodeOf));
  const nodes = [...new Set(expected.candidates.map(({ node }) => node))].filter((node) => node !== '');
  return [...runtimes, ...nodes.filter((node) => !ready.has(node)).map((node) => missing(node, tools, operator))];
}

function missing(node: string, tools: readonly KubernetesObject[], { namespace }: Operator): Finding {
  const there = tools.some((tool) => nodeOf(tool) === node);
  const message = there
    ? `The tool pod on node ${node} is not ready, so the operator cannot act there.`
    : `No tool pod (${LABEL}) runs on node ${node}, so the operator cannot act there.`;
  const hint = `kubectl -n ${namespace} get pods -l ${LABEL} -o wide; taints of the node keep the DaemonSet away.`;
  return finding('TOOL_MISSING', message, `Node ${node}`, hint);
}

function checkRuntime(pod: KubernetesObject, { version }: Operator): Finding[] {
  const runtime = runtimeOf(pod);
  const known = isOlder(version, CONTAINERD_SINCE) ? ['docker'] : ['docker', 'containerd'];
  if (runtime === undefined || known.includes(runtime)) return [];
  const where = `Pod ${pod.metadata.namespace}/${pod.metadata.name}`;
  const message = `${where} runs on ${runtime}; this operator knows ${known.join(' and ')} only.`;
  return [finding('RUNTIME_UNKNOWN', message, where)];
}

function copied(): Finding {
  const message = 'This operator copies its tool into the container, which needs `tc` and NET_ADMIN there.';
  return finding('TOOL_COPIED', message, undefined, 'Operators since 1.6 need nothing in the container.');
}
