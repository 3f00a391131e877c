import type { JsonObject } from '../model/json.ts';

/** Labels or annotations as they were: null where the key was absent. */
export type OriginalValues = Readonly<Record<string, string | null>>;

/** What an object looked like before us, short enough for an annotation: digests that tell which part changed since. */
export interface Fingerprint {
  /** Everything but `metadata`, `status` and the list of HTTP routes. */
  readonly body: string;
  /** One digest a route, in order. */
  readonly routes: readonly string[];
  readonly labels: string;
  readonly annotations: string;
}

/** Undo by taking away the HTTP routes named `<prefix>-<number>`. */
export interface RemoveRoutes {
  readonly undo: 'remove-routes';
  readonly prefix: string;
  /** How many routes were put in. */
  readonly routes: number;
  /** Digests of what was put in, without the names: somebody may rename a route. Absent in older records. */
  readonly copies?: readonly string[];
  /** Longest time in ms that a request under way may still be held back after the routes are gone. */
  readonly lingerMs: number;
  readonly before: Fingerprint;
}

/** Undo by deleting the whole object, if it still is what we created. */
export interface DeleteIfOurs {
  readonly undo: 'delete-if-ours';
  readonly created: Fingerprint;
}

/** Undo by putting back fields that we replaced. */
export interface Restore {
  readonly undo: 'restore';
  readonly original: JsonObject;
  /** What we wrote, as the API server stored it: tells our change from somebody else's. */
  readonly applied: JsonObject;
  readonly labels: OriginalValues;
  readonly annotations: OriginalValues;
  readonly appliedLabels: Readonly<Record<string, string>>;
  readonly appliedAnnotations: Readonly<Record<string, string>>;
  readonly before: Fingerprint;
}

/** One entry of the undo annotation: who wrote something, and how it is taken back. */
export type UndoRecord = {
  readonly v: 1;
  readonly run: string;
  /** Unique in the run and object: the fault's name after `fault:`, or `setup`, or `create`. */
  readonly id: string;
} & (RemoveRoutes | DeleteIfOurs | Restore);

const REQUIRED: Readonly<Record<UndoRecord['undo'], readonly string[]>> = {
  'remove-routes': ['prefix', 'before'],
  'delete-if-ours': ['created'],
  restore: ['original', 'applied', 'labels', 'annotations', 'appliedLabels', 'appliedAnnotations', 'before'],
};

/** Reads the annotation's text; a string says why it cannot be read. */
export function parseRecords(text: string): readonly UndoRecord[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!Array.isArray(parsed)) return 'it is not a list';
  for (const [index, entry] of parsed.entries()) {
    const trouble = troubleWith(entry);
    if (trouble !== undefined) return `entry ${index + 1} ${trouble}`;
  }
  return parsed as UndoRecord[];
}

function troubleWith(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return 'is not an object';
  const record = entry as Record<string, unknown>;
  if (record['v'] !== 1) return `has version ${JSON.stringify(record['v'])}; this Holdfast reads version 1`;
  if (typeof record['run'] !== 'string' || typeof record['id'] !== 'string') return 'names no run and id';
  const required = REQUIRED[record['undo'] as UndoRecord['undo']];
  if (required === undefined) return `has an unknown way of undoing: ${JSON.stringify(record['undo'])}`;
  const missing = required.filter((field) => record[field] === undefined);
  return missing.length === 0 ? undefined : `lacks ${missing.join(', ')}`;
}
