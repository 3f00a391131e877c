import type { Judged } from './matrix.ts';

/** Objects x moments, with how many cases there were and how many went wrong. */
export function printMatrix(judged: readonly Judged[]): void {
  const moments = [...new Set(judged.map(({ moment }) => moment))];
  const rows = [...new Set(judged.map(({ target }) => target.name))].map((name) => [
    name,
    ...moments.map((moment) => cell(judged.filter((it) => it.target.name === name && it.moment === moment))),
  ]);
  const lines = [['runs', ...moments], ...rows].map((row) =>
    row
      .map((text, n) => text.padEnd(n === 0 ? 36 : 14))
      .join('')
      .trimEnd(),
  );
  const bad = judged.filter(({ troubles }) => troubles.length > 0).length;
  const actions = new Set(judged.map(({ action }) => action.name)).size;
  process.stdout.write(
    `\n${lines.join('\n')}\n\n${judged.length} runs, ${actions} kinds of change, ${bad} not as promised\n`,
  );
}

function cell(judged: readonly Judged[]): string {
  const bad = judged.filter(({ troubles }) => troubles.length > 0).length;
  return judged.length === 0 ? '-' : `${judged.length}${bad === 0 ? '' : ` (${bad} bad)`}`;
}
