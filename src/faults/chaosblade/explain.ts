import type { Experiment } from '../../model/experiment.ts';
import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { FindingCode } from '../../model/finding-codes.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { Explanation } from '../../model/proof.ts';
import type { DriverContext, Injected, PreparedFault } from '../driver.ts';
import { isTerminating } from '../pods.ts';
import { isTc } from './catalogue.ts';
import { type BladeHandleData, decodeHandle, describeBlade } from './handle.ts';
import { judgeInjection } from './judge-injection.ts';
import { type BladeBaseline, endOf } from './observe.ts';
import { prepareFault } from './preflight.ts';
import { listAll, readBlade } from './resources.ts';
import { readStatus } from './status.ts';
import { type BladeTarget, describeTarget } from './targets.ts';
import { checkInterface, checkPortUse } from './unused.ts';

/** What a preflight may find now and why the fault then does nothing, or hits somebody else. The first are the plainest. */
const BARS: readonly FindingCode[] = [
  'BLADE_MISSING',
  'OPERATOR_MISSING',
  'TOOL_MISSING',
  'RUNTIME_UNKNOWN',
  'TOOL_LACKS_IPTABLES',
  'NO_NODE',
  'NODE_NOT_READY',
  'NO_TARGET',
  'NO_POD',
  'POD_NOT_RUNNING',
  'NO_CONTAINER',
  'HITS_PROXY',
  'NODE_PORT_UNKNOWN',
  'PORT_NOT_PUBLISHED',
  'DEVICE_TAKEN',
];

/** Looks again at resource, operator, tools and targets, and at what the fault is narrowed to, and says why it is not seen. */
export async function explainFault(
  prepared: PreparedFault<ChaosBladeFaultSpec>,
  injected: Injected,
  experiment: Experiment,
  context: DriverContext,
): Promise<Explanation> {
  const { fault, handle } = prepared;
  const data = decodeHandle(handle);
  const [object, again, pods] = await Promise.all([
    readBlade(context, data.name),
    prepareFault(handle.run, fault, experiment, context),
    targetPods(data, context),
  ]);
  if (data.target === 'pod' && data.action === 'delete') return explainDeletion(data, pods);
  const looked = [describeBlade(data.name), 'the operator', 'its tools', 'the targets', 'their ports and device'];
  const end = endOf(object, data, injected.baseline as unknown as BladeBaseline, context);
  if (end !== undefined)
    return { reasons: [finding('FAULT_OVER', `${end.detail}.`, describeBlade(data.name))], looked };
  const ports = isTc(fault.spec) ? await checkPortUse(fault.spec, pods, context) : [];
  const reasons = [
    ...BARS.flatMap((code) => again.findings.filter((it) => it.code === code)),
    ...replaced(data.candidates, pods),
    ...checkInterface(fault.spec),
    ...ports,
    ...again.findings.filter(({ code }) => code === 'NO_PROOF_PROBE'),
  ];
  const verdict = object && judgeInjection(readStatus(object), data);
  if (verdict?.kind !== 'injected' || !data.hasProof) return { reasons, looked };
  const contradiction = `the operator says that it is injected on ${verdict.names.join(', ')}, and the proof probe shows nothing of it`;
  return { contradiction, reasons, looked };
}

/** A fault is in a pod, and not in the one that comes after it. */
function replaced(candidates: readonly BladeTarget[], pods: readonly KubernetesObject[]): readonly Finding[] {
  return candidates
    .filter(({ kind, uid }) => kind === 'pod' && !pods.some((pod) => pod.metadata.uid === uid))
    .map((target) => {
      const message = `${describeTarget(target)}, which the fault is in, is not there any more; whoever replaces it is not hit.`;
      return finding('POD_NOT_RUNNING', message, describeTarget(target), 'Look why it was replaced, and run again.');
    });
}

function explainDeletion({ candidates }: BladeHandleData, pods: readonly KubernetesObject[]): Explanation {
  const there = candidates.flatMap((target) => pods.filter(({ metadata }) => metadata.uid === target.uid));
  const held = there.filter((pod) => isTerminating(pod) && (pod.metadata.finalizers ?? []).length > 0);
  const alive = there.filter((pod) => !isTerminating(pod)).map(({ metadata }) => metadata.name);
  return {
    ...(alive.length > 0 && {
      contradiction: `${alive.join(', ')} ${alive.length === 1 ? 'is' : 'are'} there as before, with the same uid`,
    }),
    reasons: held.map(({ metadata: { namespace, name, finalizers = [] } }) =>
      finding(
        'HELD_POD',
        `Pod ${name} is held back by finalizer ${finalizers.join(', ')}.`,
        `Pod ${namespace}/${name}`,
      ),
    ),
    looked: ['the pods that were to go, by uid', 'their finalizers'],
  };
}

async function targetPods(
  { candidates }: BladeHandleData,
  context: DriverContext,
): Promise<readonly KubernetesObject[]> {
  const namespaces = [...new Set(candidates.flatMap(({ kind, namespace }) => (kind === 'pod' ? [namespace] : [])))];
  const lists = await Promise.all(namespaces.map(async (namespace) => listAll(context, '', 'pods', { namespace })));
  return lists
    .flat()
    .filter(({ metadata }) => candidates.some(({ uid, name }) => uid === metadata.uid || name === metadata.name));
}
