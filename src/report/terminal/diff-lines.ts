import type { ExperimentDiff, Figure, FigureDiff, RunDiff, TimeDiff } from '../../model/run-diff.ts';
import { plural } from '../../util/plural.ts';
import { formatMillis } from '../format.ts';
import type { Paint } from './paint.ts';

/** Two runs beside each other as people read it: what differs, or with `all` every figure. */
export function diffLines(diff: RunDiff, all: boolean, paint: Paint): readonly string[] {
  const { before, after, onlyBefore, onlyAfter } = diff;
  return [
    `before: run ${before.runId}, ${before.startedAt}`,
    `after:  run ${after.runId}, ${after.startedAt}`,
    '',
    ...diff.experiments.flatMap((experiment) => experimentLines(experiment, all, paint)),
    ...onlyBefore.map((name) => `${name}: only before`),
    ...onlyAfter.map((name) => `${name}: only after`),
    '',
    summary(diff),
  ];
}

function experimentLines(experiment: ExperimentDiff, all: boolean, paint: Paint): readonly string[] {
  const { name, before, after, direction, reasons, notes, times, figures } = experiment;
  const shown = figures.filter((figure) => all || figure.direction !== 'same');
  const isSame = direction === 'same';
  const verdict = isSame ? after : `${before} -> ${after}  ${mark(direction, paint)}`;
  return [
    `${name}  ${verdict}`,
    ...(isSame ? [] : reasons.slice(0, 3).map((reason) => `    ${reason}`)),
    ...shown.map((figure) => `  ${figureLine(figure, paint)}`),
    ...times.map((time) => `  ${timeLine(time)}`),
    ...notes.map((note) => `  ${note}`),
  ];
}

function figureLine({ phase, probe, figure, unit, before, after, direction }: FigureDiff, paint: Paint): string {
  const change = `${shown(before, unit)} -> ${shown(after, unit)}`;
  return `${phase}: ${probe}: ${figure} ${change}${direction === 'same' ? '' : `  ${mark(direction, paint)}`}`;
}

/** `2.01 s (1.98 s .. 2.05 s)` */
function shown({ value, between }: Figure, unit: FigureDiff['unit']): string {
  const text = (number: number | null): string => {
    if (number === null) return '?';
    return unit === 'ms' ? formatMillis(number) : `${Math.round(number * 10_000) / 100}%`;
  };
  return between === undefined ? text(value) : `${text(value)} (${text(between[0])} .. ${text(between[1])})`;
}

function timeLine({ what, before, after }: TimeDiff): string {
  const text = (time: number | undefined): string => (time === undefined ? 'none' : formatMillis(time));
  return `${what} ${text(before)} -> ${text(after)}`;
}

function mark(direction: ExperimentDiff['direction'], paint: Paint): string {
  if (direction === 'worse') return paint('red', 'WORSE');
  return direction === 'better' ? paint('green', 'better') : paint('yellow', 'changed');
}

function summary({ experiments, tests, confidence }: RunDiff): string {
  if (experiments.length === 0) return 'Nothing was compared: no experiment is in both runs. They are paired by name.';
  const verdicts = experiments.filter(({ direction }) => direction !== 'same').length;
  const figures = experiments.flatMap((it) => it.figures).filter(({ direction }) => direction !== 'same').length;
  const sure = `at ${Math.round(confidence * 100)} % confidence over all of them`;
  return `${plural(experiments.length, 'experiment')} in both runs: ${plural(verdicts, 'verdict')} differ${verdicts === 1 ? 's' : ''}, and ${figures} of ${plural(tests, 'figure')}, ${sure}. Times are single measurements and never marked.`;
}
