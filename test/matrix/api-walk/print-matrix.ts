import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROWS } from '../../helpers/walk/walk-points.ts';

export const RESULTS = resolve(import.meta.dirname, '../../../reports/tests/api-walk');

/** What one run came to. */
export interface Result {
  readonly row: string;
  readonly exitCode: number;
  readonly recovered: boolean;
  readonly hits: number;
  readonly faults: readonly string[];
}

interface Walked {
  readonly name: string;
  readonly points: number;
  readonly results: readonly Result[];
}

export function setup(): void {
  rmSync(RESULTS, { recursive: true, force: true });
}

/** Prints the matrix once all kinds of fault are through, whichever process walked them. */
export function teardown(): void {
  const walks = filesIn(RESULTS).map((file) => JSON.parse(readFileSync(join(RESULTS, file), 'utf8')) as Walked);
  if (walks.length > 0) process.stdout.write(`${matrixOf(walks)}\n`);
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function matrixOf(walks: readonly Walked[]): string {
  const all = walks.flatMap((it) => it.results);
  const count = (kind: string): number => all.filter((it) => it.faults.includes(kind)).length;
  const cell = (results: readonly Result[]): string => {
    const bad = results.filter((it) => it.faults.length > 0).length;
    return results.length === 0 ? '-' : `${results.length}${bad === 0 ? '' : ` (${bad} bad)`}`;
  };
  const rows = ROWS.map(({ name }) => [
    name,
    ...walks.map(({ results }) => cell(results.filter((it) => it.row === name))),
    ...[0, 1, 3, 4, 5].map((code) => String(all.filter((it) => it.row === name && it.exitCode === code).length)),
  ]);
  const head = ['runs', ...walks.map((it) => it.name), ...[0, 1, 3, 4, 5].map((code) => `exit ${code}`)];
  const requests = ['requests', ...walks.map((it) => String(it.points)), '', '', '', '', ''];
  const table = [head, requests, ...rows].map((line) =>
    line
      .map((text, n) => text.padEnd(n === 0 ? 24 : 17 - (n > walks.length ? 9 : 0)))
      .join('')
      .trimEnd(),
  );
  const missed = all.filter((it) => it.hits === 0).length;
  const sums =
    `${all.length} runs, ${missed} of which did not get to their request; ${all.filter((it) => it.recovered).length} were followed by recover.\n` +
    `leftovers ${count('left behind')}, false verdicts ${count('false verdict')}, hung ${count('hung')}, unclear ${count('unclear')}, ` +
    `gave up ${count('gave up')}, false alarms ${count('false alarm')}`;
  return `\n${table.join('\n')}\n\n${sums}`;
}
