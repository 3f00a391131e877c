import type { Millis } from '../model/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import type { KubernetesObject, ObjectMeta } from '../model/kubernetes.ts';
import { describeObject } from './describe.ts';
import { parseRecords, type UndoRecord } from './record.ts';

/** On every object with a mark of ours: the run that holds it. */
export const RUN_LABEL = 'holdfast.dev/run';
/** On objects that a setup holds, beside the first: whose record is gone, a setup may be in that nobody can undo. */
export const SETUP_LABEL = 'holdfast.dev/setup';
/** The id of the one setup record that a run may have on an object. */
export const SETUP_ID = 'setup';
/** JSON list of undo records, newest last. */
export const UNDO_ANNOTATION = 'holdfast.dev/undo';
/** On objects that we created. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'holdfast' } as const;

/** The API server's limit for all annotations of an object together, keys and values. Source: validation.TotalAnnotationSizeLimitB. */
const ANNOTATIONS_LIMIT = 256 * 1024;

/** Whether an object carries a label or annotation of ours; people take away the one without the other. */
export function isMarked({ metadata }: KubernetesObject): boolean {
  const { labels, annotations } = metadata;
  return [labels?.[RUN_LABEL], labels?.[SETUP_LABEL], annotations?.[UNDO_ANNOTATION]].some((it) => it !== undefined);
}

/** When the API server saw our last write to an object, by its own clock; nothing where it does not say. */
export function markedAt({ metadata }: KubernetesObject): { readonly markedAt?: Millis } {
  const ours = (metadata.managedFields ?? []).filter((entry) => entry['manager'] === 'holdfast');
  const times = ours.flatMap(({ time }) => (typeof time === 'string' ? Date.parse(time) : []));
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length === 0 ? {} : { markedAt: Math.max(...known) };
}

/** The undo records on an object, oldest first. Throws `ROLLBACK_FAILED` naming the object when they cannot be read. */
export function recordsOf(object: KubernetesObject): readonly UndoRecord[] {
  const text = object.metadata.annotations?.[UNDO_ANNOTATION];
  const run = object.metadata.labels?.[RUN_LABEL];
  if (text === undefined && run === undefined) return [];
  const records =
    text === undefined ? `the annotation is gone, but label ${RUN_LABEL}=${run} is there` : parseRecords(text);
  if (typeof records !== 'string') return records;
  throw new HoldfastError('ROLLBACK_FAILED', {
    message: `The undo record on ${describeObject(object)} cannot be read: ${records}.`,
    where: describeObject(object),
    hint: `Put the object right by hand, then take away label ${RUN_LABEL} and annotation ${UNDO_ANNOTATION}.`,
  });
}

/** The records, or undefined where `recordsOf` would throw. */
export function readableRecords(object: KubernetesObject): readonly UndoRecord[] | undefined {
  try {
    return recordsOf(object);
  } catch {
    return undefined;
  }
}

/** The object with one more record. Refuses an object that another run has marked, and one with no room for the record. */
export function addRecord<T extends KubernetesObject>(object: T, record: UndoRecord): T {
  const records = recordsOf(object);
  const other = records.find((entry) => entry.run !== record.run);
  if (other !== undefined) throw heldByAnother(object, other.run);
  return withRecords(object, record.run, [...records, record]);
}

/** The object with one record replaced by another of the same id. */
export function replaceRecord<T extends KubernetesObject>(object: T, record: UndoRecord): T {
  const records = recordsOf(object).map((entry) => (isRecord(entry, record) ? record : entry));
  return withRecords(object, record.run, records);
}

/** The object without one record; label and annotation go with the last one. */
export function removeRecord<T extends KubernetesObject>(object: T, which: Pick<UndoRecord, 'run' | 'id'>): T {
  const rest = recordsOf(object).filter((entry) => !isRecord(entry, which));
  return rest.length === 0 ? withoutMarks(object) : withRecords(object, which.run, rest);
}

/** The record of this run and id, if the object carries it. */
export function findRecord(object: KubernetesObject, which: Pick<UndoRecord, 'run' | 'id'>): UndoRecord | undefined {
  return recordsOf(object).find((entry) => isRecord(entry, which));
}

/** The object without our label and annotation; emptied maps go too, as the API server never keeps them. */
export function withoutMarks<T extends KubernetesObject>(object: T): T {
  return withMaps(object, {
    labels: without(without(object.metadata.labels, RUN_LABEL), SETUP_LABEL),
    annotations: without(object.metadata.annotations, UNDO_ANNOTATION),
  });
}

/** The object with these labels and annotations instead; an empty map means no field. */
export function withMaps<T extends KubernetesObject>(
  object: T,
  maps: { labels: ObjectMeta['labels']; annotations: ObjectMeta['annotations'] },
): T {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const [field, map] of Object.entries(maps)) {
    if (map === undefined || Object.keys(map).length === 0) delete metadata[field];
    else metadata[field] = map;
  }
  return { ...object, metadata: metadata as unknown as ObjectMeta };
}

/** What to tell the user when another run holds an object. */
export function heldByAnother(object: KubernetesObject, run: string): HoldfastError {
  return new HoldfastError('LEFTOVERS_FOUND', {
    message: `${describeObject(object)} carries an undo record of run ${run}.`,
    where: describeObject(object),
    hint: `See \`holdfast status\`: wait if that run is alive, else take its leftovers back with \`holdfast recover --run ${run}\`.`,
  });
}

function withRecords<T extends KubernetesObject>(object: T, run: string, records: readonly UndoRecord[]): T {
  const annotations = { ...object.metadata.annotations, [UNDO_ANNOTATION]: JSON.stringify(records) };
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);
  if (size > ANNOTATIONS_LIMIT) {
    throw new HoldfastError('INJECT_FAILED', {
      message: `The undo record would make the annotations of ${describeObject(object)} ${size} bytes long; Kubernetes allows ${ANNOTATIONS_LIMIT}.`,
      where: describeObject(object),
      hint: 'Split the object, or take away large annotations.',
    });
  }
  const isSetUp = records.some(({ id }) => id === SETUP_ID);
  const labels = { ...without(object.metadata.labels, SETUP_LABEL), ...(isSetUp && { [SETUP_LABEL]: run }) };
  return withMaps(object, { labels: { ...labels, [RUN_LABEL]: run }, annotations });
}

function isRecord(entry: UndoRecord, which: Pick<UndoRecord, 'run' | 'id'>): boolean {
  return entry.run === which.run && entry.id === which.id;
}

function without(map: Readonly<Record<string, string>> | undefined, key: string): Record<string, string> | undefined {
  return map && Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}
