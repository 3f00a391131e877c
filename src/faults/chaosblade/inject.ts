import { HoldfastError } from '../../model/errors.ts';
import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { retryWrite } from '../../undo/attempts.ts';
import { RUN_LABEL } from '../../undo/marks.ts';
import type { ObjectMemory } from '../../undo/object-memory.ts';
import type { DriverContext, Injected, PreparedFault } from '../driver.ts';
import { awaitTerminal } from './await-blade.ts';
import { bladeObject, ownPart } from './blade-object.ts';
import { bladeRef, decodeHandle, describeBlade, type BladeHandleData } from './handle.ts';
import { judgeInjection } from './judge-injection.ts';
import { bladeResource } from './resources.ts';
import { readStatus } from './status.ts';

/** Below the half minute that a write is given, so that what the operator was at can still be said. */
const TERMINAL_MS = 25_000;

/** Creates the resource and waits until the operator is through with it; anything but full success throws `INJECT_FAILED`. */
export async function injectFault(
  prepared: PreparedFault<ChaosBladeFaultSpec>,
  context: DriverContext,
  memory: ObjectMemory,
): Promise<Injected> {
  const data = decodeHandle(prepared.handle);
  memory.forget(bladeRef(data.name));
  const writtenAt = context.clock.now();
  const { object, warnings } = await retryWrite(context, async () => createOrAdopt(prepared, data, context));
  const ended = await awaitTerminal(data.name, object, TERMINAL_MS, context);
  if (ended === undefined) {
    throw injectFailed(data, 'somebody deleted it, or a short timeout fired, before the operator was through with it');
  }
  const status = readStatus(ended);
  if (status.phase === '') throw injectFailed(data, NOT_RECONCILING, 'Look at the log of the operator.');
  if (status.phase === 'Initialized' || status.phase === 'Updating') {
    const seconds = TERMINAL_MS / 1000;
    throw injectFailed(
      data,
      `the operator was still in phase ${status.phase} after ${seconds} s; it may yet inject it`,
    );
  }
  const verdict = judgeInjection(status, data);
  if (verdict.kind === 'failed') {
    const hit = verdict.hit.length === 0 ? '' : ` It did hit ${verdict.hit.join(', ')}.`;
    throw injectFailed(data, `${verdict.why}${hit}`);
  }
  memory.adopt(ownPart(ended));
  return { baseline: { uid: ended.metadata.uid ?? '', writtenAt, names: verdict.names }, writtenAt, warnings };
}

const NOT_RECONCILING =
  'the operator has not looked at it: its phase is empty, so nothing was injected; the operator does not run, does not lead, or cannot write a status';

async function createOrAdopt(
  { fault, handle, plan }: PreparedFault<ChaosBladeFaultSpec>,
  data: BladeHandleData,
  context: DriverContext,
): Promise<{ readonly object: KubernetesObject; readonly warnings: readonly string[] }> {
  const { cluster, signal } = context;
  const resource = await bladeResource(context);
  const object = bladeObject(
    { run: handle.run, name: data.name },
    fault,
    namespaceOf(data, plan),
    data.timeoutMs ?? 0,
    resource.version,
  );
  try {
    return await cluster.create(resource, object, { signal });
  } catch (error) {
    // The answer to an earlier attempt may have been lost: what carries our run is ours.
    if (!(error instanceof HoldfastError) || error.code === 'API_FORBIDDEN') throw error;
    const there = await cluster.read(resource, { name: data.name }, { signal });
    if (there?.metadata.labels?.[RUN_LABEL] === handle.run) return { object: there, warnings: [] };
    if (there !== undefined) throw injectFailed(data, 'an object of that name exists and is not ours');
    if (error.code === 'API_REFUSED') throw injectFailed(data, error.message, error.details.hint);
    throw error;
  }
}

function namespaceOf({ candidates }: BladeHandleData, { namespaces }: PreparedFault['plan']): string {
  return candidates.find(({ namespace }) => namespace !== '')?.namespace ?? namespaces?.[0] ?? 'default';
}

function injectFailed({ name }: BladeHandleData, why: string, hint?: string): HoldfastError {
  const where = describeBlade(name);
  return new HoldfastError('INJECT_FAILED', {
    message: `${where} did not inject its fault: ${why}${why.endsWith('.') ? '' : '.'}`,
    where,
    ...(hint !== undefined && { hint }),
  });
}
