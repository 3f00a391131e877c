import type { Drift } from '../model/event.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import { changesBetween } from './changes.ts';
import { refOf } from './describe.ts';
import { objectChange } from './diff.ts';
import { shorten } from './short-diff.ts';

/** How our own writes are named in `managedFields`. */
const OUR_MANAGER = 'holdfast';

type Editor = NonNullable<Drift['by']>[number];

/** What somebody else did to an object between two looks at it; undefined when it is as it was. */
export function foreignChange(last: KubernetesObject, now: KubernetesObject | undefined): Drift | undefined {
  const object = refOf(last);
  const diff = shorten(objectChange(last, now).diff);
  if (now === undefined) return { object, detail: 'it was deleted', diff };
  const changes = changesBetween(last, now);
  if (changes.length === 0) return undefined;
  const by = editorsBetween(last, now);
  return {
    object,
    detail: `${named(by)}${changes.join('; ')}`,
    ...(by.length > 0 && { by }),
    ...(diff !== '' && { diff }),
  };
}

/** One drift entry from what is known to have changed on an object, without a look at it before; none when nothing did. */
export function driftOf(object: KubernetesObject, changes: readonly string[]): readonly Drift[] {
  if (changes.length === 0) return [];
  const by = editorsSinceUs(object);
  return [{ object: refOf(object), detail: `${named(by)}${changes.join('; ')}`, ...(by.length > 0 && { by }) }];
}

/**
 * Who wrote between two looks. A manager's time moves when it writes, and not when another takes a field from it (source:
 * Kubernetes API, ManagedFieldsEntry.time). Who only takes fields away leaves no entry.
 */
function editorsBetween(last: KubernetesObject, now: KubernetesObject): readonly Editor[] {
  if (last.metadata.uid !== now.metadata.uid) return editorsOf(now);
  const before = editorsOf(last).map((it) => JSON.stringify(it));
  const changed = editorsOf(now).filter((it) => !before.includes(JSON.stringify(it)));
  if (changed.length > 0) return changed;
  // Times are whole seconds: within one, whoever wrote last may have written before.
  const newest =
    entriesOf(now)
      .map(({ time }) => time)
      .sort()
      .at(-1) ?? '';
  return newest === '' || isPoorer(last, now) ? [] : editorsOf(now).filter(({ time }) => time === newest);
}

/** Who wrote last besides us, as far as `managedFields` tells: at the earliest when we did. */
function editorsSinceUs(object: KubernetesObject): readonly Editor[] {
  const all = entriesOf(object);
  const ours = all.filter((entry) => entry.manager === OUR_MANAGER).map((entry) => entry.time);
  // Who replaces the whole object takes our entry away: then it was the last one.
  const last = all.map((entry) => entry.time).sort();
  const since = ours.sort().at(0) ?? last.at(-1) ?? '';
  return editorsOf(object).filter((entry) => entry.time >= since);
}

/** Whether somebody only took away, which leaves no entry: nothing is owned now that was not owned before. */
function isPoorer({ metadata: last }: KubernetesObject, { metadata: now }: KubernetesObject): boolean {
  return JSON.stringify(now.managedFields ?? []).length < JSON.stringify(last.managedFields ?? []).length;
}

function editorsOf(object: KubernetesObject): readonly Editor[] {
  return entriesOf(object).filter((entry) => entry.manager !== OUR_MANAGER);
}

/** Entries of the status are the controllers' reports, not edits. */
function entriesOf({ metadata }: KubernetesObject): Editor[] {
  return (metadata.managedFields ?? [])
    .filter((entry) => entry['subresource'] !== 'status')
    .map((entry) => ({ manager: text(entry['manager']), time: text(entry['time']) }));
}

function named(by: readonly Editor[]): string {
  return by.length === 0 ? '' : `${by.map(({ manager, time }) => `${manager} at ${time}`).join(', ')}: `;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
