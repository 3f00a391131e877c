import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { WalkKind } from '../../helpers/walk/walk-kind.ts';
import { WALK_KINDS } from '../../helpers/walk/walk-kind.ts';
import { ROWS } from '../../helpers/walk/walk-points.ts';
import { walk } from '../../helpers/walk/walk.ts';
import { RESULTS, type Result } from './print-matrix.ts';

/** `WALK='503 for everything.*leases' npm run test:api-walk` walks a part: an expression on `ROW | REQUEST`. */
const PART = new RegExp(process.env['WALK'] ?? '');
const LANES = Number(process.env['WALK_LANES'] ?? 6);

/** Walks all requests of a run with one kind of fault; every run is kept in `reports/tests/api-walk`. */
export async function walkThrough(name: WalkKind['name']): Promise<void> {
  const kind = WALK_KINDS.find((it) => it.name === name);
  if (kind === undefined) throw new Error(`no kind of fault: ${name}`);
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${name}.ndjson`);
  writeFileSync(file, '');
  const { points, steps } = await walk(kind, {
    rows: ROWS,
    lanes: LANES,
    takes: (row, { key }) => PART.test(`${row.name} | ${key}`),
    onStep: ({ row, point: { key, nth }, run: { requests: _requests, ...run }, faults }) =>
      appendFileSync(file, `${JSON.stringify({ row: row.name, key, nth, faults, ...run })}\n`),
  });
  const results = steps.map(({ row, run, faults }): Result => {
    const { exitCode, recovered, hits } = run;
    return { row: row.name, exitCode, recovered: recovered !== undefined, hits, faults: faults.map((it) => it.kind) };
  });
  writeFileSync(join(RESULTS, `${name}.json`), JSON.stringify({ name, points, results }));
  const broken = steps
    .filter(({ faults }) => faults.length > 0)
    .map(
      ({ row, point, faults }) =>
        `${row.name} at ${point.key} #${point.nth}: ${faults.map((it) => it.what).join('; ')}`,
    );
  expect(broken).toEqual([]);
  // A run that ends early for another reason has not shown anything.
  expect(steps.filter(({ run }) => run.hits === 0).length).toBeLessThanOrEqual(steps.length / 5);
  expect(steps.length).toBeGreaterThan(0);
}
