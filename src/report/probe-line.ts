import type { ProbeResult } from '../model/probe-result.ts';
import { plural } from '../util/plural.ts';
import { formatMillis } from './format.ts';

/** An idle machine stays below 2 ms. */
const NOTABLE_LAG_MS = 10;

/** What the samples of a probe add up to, in one line: counts, latency, statuses, errors. */
export function probeLine(result: ProbeResult): string {
  const parts = [`${result.good} of ${plural(result.samples, 'request')} good`];
  const { latency } = result;
  if (latency !== undefined) {
    parts.push(`p50 ${formatMillis(latency.p50)}, p95 ${formatMillis(latency.p95)}, max ${formatMillis(latency.max)}`);
  }
  const statuses = Object.entries(result.statuses).map(([status, count]) => `${status} x ${count}`);
  if (statuses.length > 0) parts.push(statuses.join(', '));
  const errors = Object.entries(result.errors).map(([kind, count]) => `${kind} x ${count}`);
  if (errors.length > 0) parts.push(errors.join(', '));
  if (result.dropped > 0) parts.push(`${result.dropped} dropped`);
  if (result.late > 0) parts.push(`${result.late} sent late`);
  const { lagP99 = 0 } = result;
  if (lagP99 >= NOTABLE_LAG_MS) parts.push(`send lag p99 ${formatMillis(lagP99)}`);
  return parts.join('; ');
}
