import { STEPS } from '../../../src/model/event.ts';
import type { Crash } from './crash-and-recover.ts';

/** The crashes of one column: a fault kind, and where the runners of it were killed. */
export interface Column {
  readonly kind: string;
  readonly crashes: readonly Crash[];
}

const ROWS = ['start', ...STEPS, 'end', 'recover'];

/** Kill points by step and fault kind, with runs and leftovers; a cell with leftovers says so. */
export function matrixText(title: string, columns: readonly Column[]): string {
  const heads = ['killed in', ...columns.map((it) => it.kind), 'all'];
  const rows = ROWS.map((step) => {
    const cells = columns.map(({ crashes }) => cellOf(crashes.filter((it) => it.step === step)));
    return [step, ...cells, cellOf(columns.flatMap((it) => it.crashes).filter((it) => it.step === step))];
  }).filter((cells) => cells.slice(1).some((it) => it !== ''));
  const total = (crashes: readonly Crash[]): string => cellOf(crashes);
  const all = columns.flatMap((it) => it.crashes);
  const sums = ['runs', ...columns.map((it) => total(it.crashes)), total(all)];
  const marked = ['with marks', ...columns.map((it) => withMarks(it.crashes)), withMarks(all)];
  const bad = ['leftovers', ...columns.map((it) => leftoversIn(it.crashes)), leftoversIn(all)];
  return `${title}\n${table([heads, ...rows, sums, marked, bad])}`;
}

function cellOf(crashes: readonly Crash[]): string {
  const bad = crashes.filter((it) => it.troubles.length > 0).length;
  return crashes.length === 0 ? '' : `${crashes.length}${bad === 0 ? '' : ` (${bad} BAD)`}`;
}

/** Runners that had something in the cluster when they were killed. */
function withMarks(crashes: readonly Crash[]): string {
  return String(crashes.filter((it) => it.marked > 0).length);
}

function leftoversIn(crashes: readonly Crash[]): string {
  return String(crashes.filter((it) => it.troubles.length > 0).length);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
