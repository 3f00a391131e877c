import type { Column } from '../catalogue/kind.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in kubectl's short form: `42s`, `5m3s`, `18m`, `3h20m`, `2d4h`, `40d`. */
export function ago(timestamp: unknown, now = Date.now()): string {
  const then = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(then)) return '<unknown>';
  const span = Math.max(0, now - then);
  if (span < 2 * MINUTE) return `${Math.floor(span / SECOND)}s`;
  if (span < 10 * MINUTE) return pair(span, MINUTE, 'm', SECOND, 's');
  if (span < 3 * HOUR) return `${Math.floor(span / MINUTE)}m`;
  if (span < 8 * HOUR) return pair(span, HOUR, 'h', MINUTE, 'm');
  if (span < 2 * DAY) return `${Math.floor(span / HOUR)}h`;
  if (span < 8 * DAY) return pair(span, DAY, 'd', HOUR, 'h');
  return `${Math.floor(span / DAY)}d`;
}

/** The AGE column. */
export const age: Column = { name: 'Age', cell: (object) => ago(object.metadata.creationTimestamp) };

/** The CREATED AT column of roles and CRDs. */
export const createdAt: Column = {
  name: 'Created At',
  type: 'date',
  cell: (object) => object.metadata.creationTimestamp ?? '<unknown>',
};

function pair(span: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((span % big) / small);
  return `${Math.floor(span / big)}${bigName}${rest > 0 ? `${rest}${smallName}` : ''}`;
}
