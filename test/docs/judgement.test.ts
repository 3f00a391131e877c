import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { samplesToShow } from '../../src/stats/samples-needed.ts';

const page = resolve(import.meta.dirname, '../../docs/judgement.md');
const MISSES = [0, 1, 2, 5];
const ROWS: readonly (readonly [limit: string, share: number])[] = [
  ['p50, `>= 50%`', 0.5],
  ['`>= 75%`', 0.75],
  ['p90, `>= 90%`', 0.9],
  ['p95, `>= 95%`', 0.95],
  ['p99, `>= 99%`', 0.99],
  ['`>= 99.9%`', 0.999],
];

/** A limit from above needs as many as the one from below that it is the other side of: `<= 5%` as `>= 95%`. */
function tableOf(): string {
  const rows = ROWS.map(([limit, share]) => [
    limit,
    ...MISSES.map((misses) => `${samplesToShow(share, misses, 0.05)}`),
  ]);
  const head = ['limit', 'none', ...MISSES.slice(1).map(String)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

it('docs/judgement.md says how many requests a limit needs as the judge counts them', () => {
  const text = readFileSync(page, 'utf8');
  const written = /<!-- needed -->\n([^]*?)\n<!-- \/needed -->/.exec(text);
  // `UPDATE_DOCS=1 npx vitest run test/docs/judgement.test.ts` writes the table.
  if (process.env['UPDATE_DOCS'] !== undefined && written !== null) {
    writeFileSync(page, text.replace(written[1] ?? '', tableOf()));
  } else expect(written?.[1]).toBe(tableOf());
});
