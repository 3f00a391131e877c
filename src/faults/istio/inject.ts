import type { WriteResult } from '../../cluster/cluster.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { IstioFaultSpec } from '../../model/fault.ts';
import type { Millis } from '../../model/clock.ts';
import type { Json } from '../../model/json.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { isUnanswered, retryWrite } from '../../undo/attempts.ts';
import { describeObject, refOf } from '../../undo/describe.ts';
import { recordsOf } from '../../undo/marks.ts';
import type { DriverContext, Injected, PreparedFault } from '../driver.ts';
import { type Evidence, readEvidence } from './evidence.ts';
import { decodeHandle, type IstioHandleData, type Named } from './handle.ts';
import { isIn } from './object-edit.ts';
import { type OwnWrites, ruleRef } from './own-writes.ts';
import { virtualServices } from './reading.ts';
import { tellWarnings } from './warnings.ts';
import { resolveTargets, type Target, type Wanted } from './targets.ts';

/** Writes the fault into every VirtualService it goes to, each with its undo record, from freshly read objects. */
export async function injectFault(
  prepared: PreparedFault<IstioFaultSpec>,
  context: DriverContext,
  own: OwnWrites,
): Promise<Injected> {
  const data = decodeHandle(prepared.handle);
  for (const object of data.objects) own.memory.begin(ruleRef(object));
  const wanted = wantedOf(prepared);
  const none: Evidence = { counts: {}, silent: [] };
  const evidence = data.watch === null ? none : await readEvidence(data.watch, data.watch.pods, context);
  const writing: Writing = { warnings: [], written: new Set(), own };
  // A write makes the next look find its object done; the bound is there for whoever keeps adding VirtualServices.
  for (let left = data.objects.length + 1; left > 0; left -= 1) {
    const more = await retryWrite(context, () => writeNext(data, wanted, writing, context));
    if (!more) break;
  }
  const { warnings, firstAt } = writing;
  return {
    baseline: evidence as unknown as Json,
    ...(firstAt !== undefined && { writtenAt: firstAt }),
    warnings: tellWarnings(warnings),
  };
}

/** What the writes of one injection gave. */
interface Writing {
  readonly own: OwnWrites;
  readonly warnings: string[];
  /** Objects, as `describeObject` names them, that were written. */
  readonly written: Set<string>;
  /** Just before the first write that got through, as far as anybody can tell. */
  firstAt?: Millis;
  answered?: boolean;
}

/** Writes one object that is still without the fault; false when there is none. */
async function writeNext(
  data: IstioHandleData,
  wanted: Wanted,
  writing: Writing,
  context: DriverContext,
): Promise<boolean> {
  const { cluster, signal } = context;
  const resource = await virtualServices(context);
  const read = await cluster.list(resource, { signal });
  // Somebody may have taken off the marks that our setup put on it.
  const all = read.map(writing.own.memory.withOurMarks);
  const { targets, done, findings } = resolveTargets(all, wanted);
  for (const object of done) adopt(object, wanted, writing.own);
  const refusal = findings.find((it) => it.severity === 'error');
  if (refusal !== undefined) throw injectFailed(refusal.where ?? wanted.service.name, refusal.message, refusal.hint);
  // Who took it out again at once is not fought: that shows at the next look.
  const target = targets.find(({ before }) => !writing.written.has(describeObject(before)));
  if (target === undefined) return false;
  if (!isExpected(data, target, wanted)) {
    const hint = 'Somebody changed the VirtualServices of the host meanwhile: run again.';
    throw injectFailed(describeObject(target.before), 'it was not part of the plan', hint);
  }
  if (writing.answered !== true) writing.firstAt = context.clock.now();
  const base = read[all.indexOf(target.before)];
  writing.warnings.push(...(await write(target, base, resource, writing.own, context)));
  writing.written.add(describeObject(target.before));
  writing.answered = true;
  return true;
}

async function write(
  { action, before, after }: Target,
  base: KubernetesObject | undefined,
  resource: Parameters<DriverContext['cluster']['replace']>[0],
  { unanswered, memory }: OwnWrites,
  { cluster, signal }: DriverContext,
): Promise<readonly string[]> {
  const send = async (): Promise<WriteResult> =>
    action === 'create' ? cluster.create(resource, after, { signal }) : cluster.replace(resource, after, { signal });
  try {
    const { warnings } = await memory.write(refOf(after), base, send);
    // Earlier writes to it carry an older version and can do nothing any more.
    unanswered.delete(describeObject(before));
    return warnings;
  } catch (error) {
    if (isUnanswered(error)) unanswered.add(describeObject(before));
    if (!(error instanceof HoldfastError) || error.code !== 'API_REFUSED') throw error;
    throw injectFailed(describeObject(before), error.message, error.details.hint, error);
  }
}

/** The answer to the write that put the fault in was lost. */
function adopt(object: KubernetesObject, { mark }: Wanted, { memory }: OwnWrites): void {
  const known = memory.written(refOf(object));
  if (known === undefined || !isIn(known, mark)) memory.adopt(object);
}

/** Planned, or an object that this run holds already: its setup, or what another of its faults created. */
function isExpected({ objects }: IstioHandleData, { before }: Target, { mark }: Wanted): boolean {
  const planned = objects.some((object) => isNamed(before, object));
  return planned || recordsOf(before).some((record) => record.run === mark.run);
}

/** For whom and what a prepared fault is. */
export function wantedOf({ fault, handle }: PreparedFault<IstioFaultSpec>): Wanted {
  const { aim, mark } = decodeHandle(handle);
  if (aim === null) throw new HoldfastError('INTERNAL', { message: `Fault ${fault.name} was not prepared.` });
  return { fault, mark, ...aim };
}

function isNamed(object: KubernetesObject, { namespace, name }: Named): boolean {
  return object.metadata.name === name && object.metadata.namespace === namespace;
}

function injectFailed(where: string, why: string, hint?: string, cause?: unknown): HoldfastError {
  return new HoldfastError('INJECT_FAILED', {
    message: `The fault could not be written into ${where}: ${why}`,
    where,
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  });
}
