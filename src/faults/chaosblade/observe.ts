import type { Drift } from '../../model/event.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { refOf } from '../../undo/describe.ts';
import type { DriverContext, Injected, Observation } from '../driver.ts';
import { decodeHandle, describeBlade, type BladeHandleData } from './handle.ts';
import { judgeInjection } from './judge-injection.ts';
import { observeDeleted } from './observe-deleted.ts';
import { readBlade } from './resources.ts';
import { errorsOf, readStatus } from './status.ts';

/** The operator needs up to half a minute after the timeout to let the resource go. Source: its timer of 30 polls. */
const TIMER_MS = 30_000;

/** What injecting leaves for later looks. */
export interface BladeBaseline {
  readonly uid: string;
  readonly generation: number;
  readonly writtenAt: number;
  /** `Node worker-1`, `Pod default/ratings-1`. */
  readonly names: readonly string[];
}

/**
 * Whether the fault may still be in. Never `active` by status alone: that says what the operator tried. Only of pods that
 * were to be deleted it is seen that they are gone.
 */
export async function observeFault(
  handle: FaultHandle,
  injected: Injected,
  context: DriverContext,
): Promise<Observation> {
  const data = decodeHandle(handle);
  const baseline = injected.baseline as unknown as BladeBaseline;
  const object = await readBlade(context, data.name);
  const end = endOf(object, data, baseline, context);
  const drift = object === undefined ? [] : driftOf(object, end, baseline);
  if (end !== undefined) return { ...end, drift };
  if (data.target === 'pod' && data.action === 'delete') {
    return { ...(await observeDeleted(data, baseline.names, context)), drift };
  }
  return { ...told(data, object), drift };
}

type End = { readonly state: 'ended' | 'stuck'; readonly detail: string };

function endOf(
  object: KubernetesObject | undefined,
  { name, timeoutMs }: BladeHandleData,
  { uid, writtenAt }: BladeBaseline,
  { clock }: DriverContext,
): End | undefined {
  const what = describeBlade(name);
  const timeout = timeoutMs ?? Number.POSITIVE_INFINITY;
  const age = clock.now() - writtenAt;
  const seconds = timeout / 1000;
  if (object === undefined || object.metadata.uid !== uid) {
    const why = age >= timeout ? `its timeout of ${seconds} s fired` : 'somebody deleted it';
    return { state: 'ended', detail: `${what} is gone: ${why}` };
  }
  const status = readStatus(object);
  if (status.phase === 'Destroying') {
    return { state: 'stuck', detail: `${what} is stuck in Destroying: ${errorsOf(status).join('; ')}` };
  }
  if (status.phase === 'Destroyed') {
    const why = age >= timeout ? `its timeout of ${seconds} s fired` : 'it is Destroyed, and not by us';
    return { state: 'ended', detail: `${what} has ended: ${why}` };
  }
  if (object.metadata.deletionTimestamp !== undefined) {
    const why = age >= timeout ? `its timeout of ${seconds} s fired` : 'somebody else deleted it';
    return { state: 'ended', detail: `${what} is on its way out: ${why}` };
  }
  if (age >= timeout + TIMER_MS) {
    const detail = `${what} says ${status.phase}, but its timeout of ${seconds} s has passed: the fault is over`;
    return { state: 'ended', detail };
  }
  return undefined;
}

/** A deletion counts as a generation too, and is told as an end. */
function driftOf(object: KubernetesObject, end: End | undefined, { generation }: BladeBaseline): readonly Drift[] {
  if (end?.state === 'stuck') return [{ object: refOf(object), detail: end.detail }];
  if (end !== undefined || object.metadata.generation === generation) return [];
  return [
    { object: refOf(object), detail: 'somebody changed its spec: the operator destroys the fault and injects another' },
  ];
}

function told(data: BladeHandleData, object: KubernetesObject | undefined): Omit<Observation, 'drift'> {
  const status = object === undefined ? undefined : readStatus(object);
  const verdict = status && judgeInjection(status, data);
  if (verdict?.kind !== 'injected') {
    return { state: 'pending', detail: verdict?.why ?? 'not there' };
  }
  const hit = `the status says injected on ${verdict.names.join(', ')}`;
  const detail = data.hasProof ? hit : `${hit}, which is no proof: give the fault a proof probe`;
  return { state: 'pending', detail };
}
