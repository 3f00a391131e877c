import type { Drift } from '../model/event.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import { refOf } from './describe.ts';

/** How our own writes are named in `managedFields`. */
const OUR_MANAGER = 'holdfast';

/** One drift entry from what changed; none when nothing did. */
export function driftOf(object: KubernetesObject, changes: readonly string[]): readonly Drift[] {
  if (changes.length === 0) return [];
  return [{ object: refOf(object), detail: `${editorOf(object)}${changes.join('; ')}` }];
}

/** Who wrote last besides us, as far as `managedFields` tells: at the earliest when we did. */
function editorOf(object: KubernetesObject): string {
  const entries = (object.metadata.managedFields ?? []).map((entry) => ({
    manager: text(entry['manager']),
    time: text(entry['time']),
  }));
  const ours = entries.filter((entry) => entry.manager === OUR_MANAGER).map((entry) => entry.time);
  // Who replaces the whole object takes our entry away: then it was the last one.
  const last = entries.map((entry) => entry.time).sort();
  const since = ours.sort().at(0) ?? last.at(-1) ?? '';
  const others = entries.filter((entry) => entry.manager !== OUR_MANAGER && entry.time >= since);
  return others.length === 0 ? '' : `${others.map((entry) => entry.manager).join(', ')}: `;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
