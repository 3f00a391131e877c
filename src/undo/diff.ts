import { stringify } from 'yaml';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { ObjectChange } from '../model/plan.ts';
import { describeObject, refOf } from './describe.ts';

const CONTEXT_LINES = 3;

/** The change from `before` to `after` (absent: created or deleted), with a unified diff of the YAML that people write. */
export function objectChange(before: KubernetesObject | undefined, after: KubernetesObject | undefined): ObjectChange {
  const object = after ?? before;
  if (object === undefined) throw new RangeError('a change needs an object');
  const verb = before === undefined ? 'create' : after === undefined ? 'delete' : 'update';
  return {
    verb,
    object: refOf(object),
    diff: unifiedDiff(describeObject(object), yamlLines(before), yamlLines(after)),
  };
}

/** Server-kept metadata and status say nothing about a change. */
function yamlLines(object: KubernetesObject | undefined): string[] {
  if (object === undefined) return [];
  const { status: _status, metadata, ...rest } = object;
  const { name, namespace, labels, annotations } = metadata;
  const { apiVersion, kind, ...body } = rest;
  const shown = { apiVersion, kind, metadata: { name, namespace, labels, annotations }, ...body };
  return stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split('\n');
}

/** Unified diff with three lines of context; empty when the lines are equal. */
export function unifiedDiff(name: string, before: readonly string[], after: readonly string[]): string {
  const lines = compareLines(before, after);
  const hunks = groupHunks(lines);
  if (hunks.length === 0) return '';
  const head = [`--- ${before.length === 0 ? '/dev/null' : name}`, `+++ ${after.length === 0 ? '/dev/null' : name}`];
  return [...head, ...hunks.flatMap((hunk) => renderHunk(lines, hunk))].join('\n');
}

interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Longest common subsequence between the equal head and tail, which are most of an object. */
function compareLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ sign: ' ', text }));
  return [
    ...same(before.slice(0, head)),
    ...compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

function compareMiddle(before: readonly string[], after: readonly string[]): DiffLine[] {
  const common = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old = '', fresh = ''] = [before[i], after[j]];
    if (i < before.length && j < after.length && old === fresh) {
      lines.push({ sign: ' ', text: old });
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      lines.push({ sign: '-', text: old });
      i += 1;
    } else {
      lines.push({ sign: '+', text: fresh });
      j += 1;
    }
  }
  return lines;
}

/** `[i][j]`: length of the longest common subsequence of `before` from i and `after` from j. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => Array.from({ length: after.length + 1 }, () => 0));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const [row = [], below = []] = [table[i], table[i + 1]];
    for (let j = after.length - 1; j >= 0; j -= 1) {
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

interface Hunk {
  readonly from: number;
  readonly to: number;
}

function groupHunks(lines: readonly DiffLine[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.sign === ' ') continue;
    const [from, to] = [Math.max(0, index - CONTEXT_LINES), Math.min(lines.length, index + CONTEXT_LINES + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) hunks[hunks.length - 1] = { from: last.from, to };
    else hunks.push({ from, to });
  }
  return hunks;
}

function renderHunk(lines: readonly DiffLine[], hunk: Hunk): string[] {
  const count = (part: readonly DiffLine[], sign: '-' | '+') => part.filter((line) => line.sign !== sign).length;
  const [earlier, body] = [lines.slice(0, hunk.from), lines.slice(hunk.from, hunk.to)];
  const range = (sign: '-' | '+') => {
    const length = count(body, sign);
    return `${count(earlier, sign) + (length === 0 ? 0 : 1)},${length}`;
  };
  return [`@@ -${range('+')} +${range('-')} @@`, ...body.map((line) => `${line.sign}${line.text}`)];
}
