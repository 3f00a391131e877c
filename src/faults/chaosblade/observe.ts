import type { Drift } from '../../model/event.ts';
import type { FaultHandle } from '../../model/fault.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { refOf } from '../../undo/describe.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import type { DriverContext, Injected, Observation } from '../driver.ts';
import { ownPart } from './blade-object.ts';
import { bladeRef, decodeHandle, describeBlade, type BladeHandleData } from './handle.ts';
import { judgeInjection } from './judge-injection.ts';
import { observeDeleted } from './observe-deleted.ts';
import { readBlade } from './resources.ts';
import { errorsOf, readStatus } from './status.ts';

/** The operator needs up to half a minute after the timeout to let the resource go. Source: its timer of 30 polls. */
const TIMER_MS = 30_000;

/** What injecting leaves for later looks. */
export interface BladeBaseline {
  readonly uid: string;
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
  memory: ObjectMemory,
): Promise<Observation> {
  const data = decodeHandle(handle);
  const baseline = injected.baseline as unknown as BladeBaseline;
  const ref = bladeRef(data.name);
  const seen = memory.look(ref);
  const object = await readBlade(context, data.name);
  const end = endOf(object, data, baseline, context);
  if (end?.isOurs !== true) seen(object && ownPart(object));
  const drift = [...(memory.tell(ref) ?? []), ...stuckAs(object, end)];
  if (end !== undefined) return { state: end.state, detail: end.detail, drift };
  if (data.target === 'pod' && data.action === 'delete') {
    return { ...(await observeDeleted(data, baseline.names, context)), drift };
  }
  return { ...told(data, object), drift };
}

type End = {
  readonly state: 'ended' | 'stuck';
  readonly detail: string;
  /** What we wrote ends it, its timeout. */
  readonly isOurs?: boolean;
};

/** Whether the fault is over, or can be neither in nor out, and why; undefined while nothing says so. */
export function endOf(
  object: KubernetesObject | undefined,
  { name, timeoutMs }: BladeHandleData,
  { uid, writtenAt }: BladeBaseline,
  { clock }: DriverContext,
): End | undefined {
  const what = describeBlade(name);
  const timeout = timeoutMs ?? Number.POSITIVE_INFINITY;
  const age = clock.now() - writtenAt;
  const isOurs = age >= timeout;
  const seconds = timeout / 1000;
  if (object === undefined || object.metadata.uid !== uid) {
    const why = isOurs ? `its timeout of ${seconds} s fired` : 'somebody deleted it';
    return { state: 'ended', detail: `${what} is gone: ${why}`, isOurs };
  }
  const status = readStatus(object);
  if (status.phase === 'Destroying') {
    return { state: 'stuck', detail: `${what} is stuck in Destroying: ${errorsOf(status).join('; ')}` };
  }
  if (status.phase === 'Destroyed') {
    const why = isOurs ? `its timeout of ${seconds} s fired` : 'it is Destroyed, and not by us';
    return { state: 'ended', detail: `${what} has ended: ${why}`, isOurs };
  }
  if (object.metadata.deletionTimestamp !== undefined) {
    const why = isOurs ? `its timeout of ${seconds} s fired` : 'somebody else deleted it';
    return { state: 'ended', detail: `${what} is on its way out: ${why}`, isOurs };
  }
  if (age >= timeout + TIMER_MS) {
    const detail = `${what} says ${status.phase}, but its timeout of ${seconds} s has passed: the fault is over`;
    return { state: 'ended', detail };
  }
  return undefined;
}

function stuckAs(object: KubernetesObject | undefined, end: End | undefined): readonly Drift[] {
  return object === undefined || end?.state !== 'stuck' ? [] : [{ object: refOf(object), detail: end.detail }];
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
