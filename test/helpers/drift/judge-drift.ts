import type { StoredObject } from '../../../src/sandbox/store.ts';
import { markedObjects } from '../crash/snapshot.ts';
import type { CrashWorld } from '../crash/world.ts';
import { isOurs, routesOf } from './actions.ts';
import type { Case, Outcome } from './meddle.ts';

/** What a run did that it must not do when somebody meddles; empty when all is as promised. */
export function judgeDrift(world: CrashWorld, { target, action }: Case, outcome: Outcome): readonly string[] {
  const { exitCode, verdict, reasons, drift, text } = outcome;
  const told = reasons.filter((it) => it.startsWith('somebody else changed'));
  const troubles: string[] = [];
  if (outcome.met === undefined) return ['nobody got to do anything'];
  if (exitCode !== 4 || verdict !== 'inconclusive') troubles.push(`exit ${exitCode}, ${verdict}`);
  if (told.length < 1 || told.length > (action.most ?? 1)) troubles.push(`${told.length} reasons: ${told.join(' | ')}`);
  const where = `${target.place.namespace === undefined ? '' : `${target.place.namespace}/`}${outcome.met.metadata.name}`;
  if (!told.every((it) => it.includes(` ${where} `))) troubles.push(`other objects: ${told.join(' | ')}`);
  if (action.by !== undefined && !told.join().includes(`${action.by} at 20`))
    troubles.push(`nobody named: ${told.join()}`);
  if (action.noDiff !== true && !drift.some(({ diff }) => diff?.startsWith('---') === true)) troubles.push('no diff');
  if (action.noDiff !== true && !text.includes(`    +++ `)) troubles.push('no diff on the terminal');
  const [is, wanted] = [contentOf(outcome.end), contentOf(wantedEnd({ target, action }, outcome))];
  if (is !== wanted) troubles.push(`the object is ${is}, not ${wanted}`);
  const marked = markedObjects(world.sandbox);
  if (marked.length > 0) troubles.push(`marks on ${marked.join(', ')}`);
  return troubles.length === 0 ? [] : [...troubles, text];
}

/** What must be there: what there would be without us, with what they did. */
function wantedEnd({ target, action }: Pick<Case, 'target' | 'action'>, { original, met }: Outcome) {
  const without = target.isCreated !== true ? original : action.adds === true ? bare(met) : undefined;
  return action.after(without);
}

/** An object that a run created, without anything that says so. */
function bare(met: StoredObject | undefined): StoredObject | undefined {
  if (met === undefined) return undefined;
  const object = structuredClone(met);
  const { labels, annotations } = object.metadata;
  const isOthers = ([key]: [string, string]): boolean =>
    !/^(holdfast\.dev\/|app\.kubernetes\.io\/managed-by$)/.test(key);
  object.metadata.labels = Object.fromEntries(Object.entries(labels ?? {}).filter(isOthers));
  object.metadata.annotations = Object.fromEntries(Object.entries(annotations ?? {}).filter(isOthers));
  const spec = object['spec'] as { http?: unknown } | undefined;
  if (spec?.http !== undefined) {
    spec.http = routesOf(object).filter((route) => !isOurs(route));
  }
  return object;
}

/** Notes of kubectl and of controllers are nobody's edit. */
function contentOf(object: StoredObject | undefined): string {
  if (object === undefined) return 'gone';
  const { apiVersion: _version, status: _status, metadata, ...body } = object;
  const { labels = {}, annotations = {} } = metadata;
  const notes = Object.entries(annotations).filter(([key]) => !key.includes('kubernetes.io/'));
  return canonical([labels, Object.fromEntries(notes), body]);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
