import type { ExperimentRecord, RunRecord } from '../../model/run-record.ts';
import { plural } from '../../util/plural.ts';
import { verdictStyle } from '../format.ts';
import type { Paint } from './paint.ts';

const REASONS = 3;

/** A run that was judged again: the verdict of each experiment as it was and as it is, with the reasons for both. */
export function thenAndNow(run: RunRecord, paint: Paint): readonly string[] {
  const rows = run.experiments.flatMap((experiment) => rowsOf(experiment, paint));
  const changed = run.experiments.filter(({ verdict, before }) => before !== undefined && before.verdict !== verdict);
  return [
    `Run ${run.runId}, judged again by ${run.rejudgedBy?.join(', ') ?? 'nothing'}; nothing was run.`,
    '',
    `  ${'THEN'.padEnd(17)}${'NOW'.padEnd(17)}EXPERIMENT`,
    ...rows,
    '',
    changed.length === 0
      ? 'No verdict is another one.'
      : `${changed.length} of ${plural(run.experiments.length, 'verdict')} ${changed.length === 1 ? 'is another one' : 'are others'}.`,
  ];
}

function rowsOf({ head, verdict = 'interrupted', reasons, before }: ExperimentRecord, paint: Paint): readonly string[] {
  const { mark, colour } = verdictStyle(verdict);
  const then = before?.verdict ?? 'interrupted';
  const row = `  ${then.padEnd(17)}${paint(colour, `${mark} ${verdict}`.padEnd(17))}${head.name}`;
  if (before !== undefined && then === verdict && reasons.join('\n') === before.reasons.join('\n')) {
    return [row, ...reasons.slice(0, REASONS).map((reason) => `    then and now: ${reason}`)];
  }
  return [
    row,
    ...(before?.reasons ?? []).slice(0, REASONS).map((reason) => `    then: ${reason}`),
    ...reasons.slice(0, REASONS).map((reason) => `    now: ${reason}`),
  ];
}
