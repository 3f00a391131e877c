import type { RunRecord } from '../../model/run-record.ts';
import { plural } from '../../util/plural.ts';
import { formatMillis, verdictStyle } from '../format.ts';
import { heldLine, roundsLine } from '../repeat-lines.ts';
import { conclusionLines } from './conclusion-lines.ts';
import type { Paint } from './paint.ts';

/** The last lines of a run: a verdict an experiment, the counts, what may still be in the cluster. */
export function summaryLines(run: RunRecord, paint: Paint): readonly string[] {
  const { conclusion } = run;
  const rows = conclusion === undefined ? verdictRows(run, paint) : conclusionLines(run, conclusion, paint);
  const manual = run.experiments.flatMap((experiment) => experiment.faults.flatMap((fault) => fault.manual));
  const dirty =
    manual.length === 0
      ? []
      : [paint('red', 'Left in the cluster; to remove it by hand:'), ...manual.map((command) => `    ${command}`)];
  return ['', ...rows, ...repeatLines(run, paint), '', totals(run), ...dirty];
}

function verdictRows(run: RunRecord, paint: Paint): readonly string[] {
  const width = Math.max(...run.experiments.map((experiment) => experiment.head.name.length), 4);
  return run.experiments.flatMap((experiment) => {
    const verdict = experiment.verdict ?? 'interrupted';
    const { mark, colour } = verdictStyle(verdict);
    const time = experiment.durationMs === undefined ? '' : formatMillis(experiment.durationMs);
    const row =
      `${paint(colour, `${mark} ${verdict.padEnd(15)}`)} ${experiment.head.name.padEnd(width)}  ${time}`.trimEnd();
    return verdict === 'passed' ? [row] : [row, ...experiment.reasons.slice(0, 3).map((reason) => `    ${reason}`)];
  });
}

/** How often each statement held; what flaps is shown as what it is. */
function repeatLines({ repeats = [] }: RunRecord, paint: Paint): readonly string[] {
  const lines = repeats.flatMap((repeat) => [
    paint(repeat.flaky ? 'yellow' : 'bold', `${repeat.experiment}: ${roundsLine(repeat)}`),
    ...repeat.probes.map((probe) => `    ${probe.probe}: ${heldLine(probe)}`),
  ]);
  return lines.length === 0 ? [] : ['', ...lines];
}

function totals(run: RunRecord): string {
  const counts = new Map<string, number>();
  for (const experiment of run.experiments) {
    const verdict = experiment.verdict ?? 'interrupted';
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  const list = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  const time = run.durationMs === undefined ? '' : ` in ${formatMillis(run.durationMs)}`;
  const sandbox = run.target.kind === 'sandbox' ? ' On the sandbox, a stand-in for a cluster.' : '';
  return `${plural(run.experiments.length, 'experiment')}: ${list}${time}.${sandbox}`;
}
