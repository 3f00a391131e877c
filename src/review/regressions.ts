import type { FigureDiff, RunDiff } from '../model/run-diff.ts';

/**
 * What got worse: verdicts, and marked figures that are worse by more than `tolerance` (0.1: a tenth) as measured. Of
 * good requests that is meant of the share that is not good: 2 % bad instead of 1 % are twice as many.
 */
export function regressionsOf({ experiments }: RunDiff, tolerance: number): readonly Regression[] {
  return experiments.flatMap(({ name, before, after, direction, figures }) => [
    ...(direction === 'worse' ? [{ experiment: name, verdicts: [before, after] as const }] : []),
    ...figures.filter((figure) => isRegression(figure, tolerance)).map((figure) => ({ experiment: name, figure })),
  ]);
}

export interface Regression {
  readonly experiment: string;
  readonly verdicts?: readonly [before: string, after: string];
  readonly figure?: FigureDiff;
}

function isRegression({ direction, unit, before, after }: FigureDiff, tolerance: number): boolean {
  if (direction !== 'worse') return false;
  const [was, is] = unit === 'ms' ? [before.value, after.value] : [1 - before.value, 1 - after.value];
  return is > was * (1 + tolerance);
}
