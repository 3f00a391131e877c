import type { WriteResult } from '../cluster/cluster.ts';
import { describeRef } from '../model/describe-ref.ts';
import type { Drift } from '../model/event.ts';
import type { KubernetesObject, ObjectRef } from '../model/kubernetes.ts';
import { isUnanswered } from './attempts.ts';
import { refOf } from './describe.ts';
import { foreignChange } from './drift.ts';
import { isMarked, readableRecords, RUN_LABEL, SETUP_LABEL, UNDO_ANNOTATION, withMaps } from './marks.ts';

/**
 * What one process knows of the objects that it touches: how the API server stored its last write, defaults of webhooks
 * included, and how they looked last. Shared by all drivers of a world, so that each foreign change is told once.
 */
export interface ObjectMemory {
  /** Forgets what an earlier experiment left: who changed that since did not change anything of ours. */
  begin(ref: ObjectRef): void;
  forget(ref: ObjectRef): void;
  /** Takes an object for one of ours as it is: changes count from here. */
  adopt(object: KubernetesObject): void;
  /** To be called before an object is read; what it gives takes what was read. Readings that overlap a write are passed over. */
  look(ref: ObjectRef): (now: KubernetesObject | undefined) => void;
  /** A write of ours, and the object that it was made from (undefined: it creates one). */
  write(ref: ObjectRef, base: KubernetesObject | undefined, send: () => Promise<WriteResult>): Promise<WriteResult>;
  /** A deletion of ours. */
  remove(ref: ObjectRef, base: KubernetesObject, send: () => Promise<void>): Promise<void>;
  /** What others changed and nobody was told yet; undefined: nothing is known of this object. */
  tell(ref: ObjectRef): readonly Drift[] | undefined;
  /** As it was stored when we wrote it last. */
  written(ref: ObjectRef): KubernetesObject | undefined;
  /** The object with the marks that we put on it, where somebody took its records off; else as it is. */
  withOurMarks(now: KubernetesObject): KubernetesObject;
}

interface Known {
  written: KubernetesObject | undefined;
  /** Undefined: it was gone. */
  seen: KubernetesObject | undefined;
  untold: readonly Drift[];
  /** Counts what makes readings that began before it stale. */
  turn: number;
  writing: boolean;
  /** A write of ours was not answered: the next look takes what it finds for ours. */
  unsure: boolean;
}

/** A memory of nothing. */
export function createObjectMemory(): ObjectMemory {
  const objects = new Map<string, Known>();
  const find = (ref: ObjectRef): Known | undefined => objects.get(describeRef(ref));
  const findOrBegin = (ref: ObjectRef): Known => {
    const known = find(ref) ?? {
      written: undefined,
      seen: undefined,
      untold: [],
      turn: 0,
      writing: false,
      unsure: false,
    };
    objects.set(describeRef(ref), known);
    return known;
  };
  return {
    begin: (ref) => {
      if (!isOurs(find(ref))) objects.delete(describeRef(ref));
    },
    forget: (ref) => void objects.delete(describeRef(ref)),
    adopt: (object) => {
      objects.delete(describeRef(refOf(object)));
      keep(findOrBegin(refOf(object)), object);
    },
    look: (ref) => {
      const [known, turn] = [find(ref), find(ref)?.turn];
      return (now) => {
        if (known === undefined || known !== find(ref) || known.writing || known.turn !== turn) return;
        if (known.unsure) takeForOurs(known, now);
        else compare(known, now);
      };
    },
    async write(ref, base, send) {
      const isFirst = find(ref) === undefined;
      const known = findOrBegin(ref);
      try {
        const result = await sendFor(known, base, send);
        keep(known, result.object);
        return result;
      } catch (error) {
        // Refused: nothing of ours is in it, and what becomes of it is not for us to tell.
        if (isFirst && !known.unsure) objects.delete(describeRef(ref));
        throw error;
      }
    },
    async remove(ref, base, send) {
      const known = findOrBegin(ref);
      await sendFor(known, base, send);
      keep(known, undefined);
    },
    tell: (ref) => {
      const known = find(ref);
      if (known === undefined) return undefined;
      const { untold } = known;
      known.untold = [];
      return untold;
    },
    written: (ref) => find(ref)?.written,
    withOurMarks: (now) => marked(now, find(refOf(now))),
  };
}

function isOurs(known: Known | undefined): known is Known & { readonly written: KubernetesObject } {
  return known?.written !== undefined && isMarked(known.written);
}

function keep(known: Known, stored: KubernetesObject | undefined): void {
  Object.assign(known, { written: stored, seen: stored });
}

async function sendFor<T>(known: Known, base: KubernetesObject | undefined, send: () => Promise<T>): Promise<T> {
  known.turn += 1;
  known.writing = true;
  try {
    const result = await send();
    // It was made from the newest version, or it would have been refused.
    if (isOurs(known) && !known.unsure) compare(known, base);
    known.unsure = false;
    return result;
  } catch (error) {
    known.unsure ||= isUnanswered(error);
    throw error;
  } finally {
    known.writing = false;
    known.turn += 1;
  }
}

function marked(now: KubernetesObject, known: Known | undefined): KubernetesObject {
  if (!isOurs(known) || known.written.metadata.uid !== now.metadata.uid) return now;
  const records = readableRecords(now);
  if (records !== undefined && records.length > 0) return now;
  const { labels, annotations } = known.written.metadata;
  return withMaps(now, {
    labels: { ...now.metadata.labels, ...only(labels, RUN_LABEL), ...only(labels, SETUP_LABEL) },
    annotations: { ...now.metadata.annotations, ...only(annotations, UNDO_ANNOTATION) },
  });
}

function compare(known: Known, now: KubernetesObject | undefined): void {
  const { seen } = known;
  const isThrough = seen?.metadata.deletionTimestamp !== undefined && now === undefined;
  const change = isThrough ? undefined : seen === undefined ? createdAnew(now) : foreignChange(seen, now);
  if (change !== undefined) known.untold = [...known.untold, change];
  known.seen = now;
  known.turn += 1;
}

function takeForOurs(known: Known, now: KubernetesObject | undefined): void {
  known.seen = now;
  if (now !== undefined && isMarked(now)) known.written = now;
  known.unsure = false;
}

function createdAnew(now: KubernetesObject | undefined): Drift | undefined {
  return now && foreignChange({ ...now, metadata: { ...now.metadata, uid: '' } }, now);
}

function only(map: Readonly<Record<string, string>> | undefined, key: string): Readonly<Record<string, string>> {
  const value = map?.[key];
  return value === undefined ? {} : { [key]: value };
}
