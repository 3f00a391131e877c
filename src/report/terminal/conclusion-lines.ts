import type { Conclusion } from '../../model/conclusion.ts';
import type { RunRecord } from '../../model/run-record.ts';
import { EXIT } from '../../model/exit-code.ts';
import { cliffTable } from './cliff-table.ts';
import { columns } from './columns.ts';
import { fixTable } from './fix-table.ts';
import type { Paint } from './paint.ts';

/** What a run of several trials has found out: its table, then the answer. */
export function conclusionLines(run: RunRecord, conclusion: Conclusion, paint: Paint): readonly string[] {
  const { exitCode, sentences } = conclusion;
  const colour = exitCode === EXIT.ok ? 'green' : 'red';
  const [answer = '', ...more] = sentences;
  const mark = exitCode === EXIT.ok ? '✓' : '✗';
  return [
    ...columns(tableOf(run, conclusion)),
    '',
    paint(colour, `${mark} ${answer}`),
    ...more.map((sentence) => `  ${sentence}`),
  ];
}

function tableOf(run: RunRecord, conclusion: Conclusion): readonly (readonly string[])[] {
  return conclusion.command === 'verify-fix' ? fixTable(run, conclusion) : cliffTable(conclusion);
}
