import { describe, expect, it } from 'vitest';
import { WALK_KINDS } from '../helpers/walk/walk-kind.ts';
import { ROWS } from '../helpers/walk/walk-points.ts';
import { walk } from '../helpers/walk/walk.ts';

/** A sample of `npm run test:api-walk`: what is written took effect without an answer, what is deleted is not deleted. */
const rows = ROWS.filter(({ name }) => name === '500-after' || name === 'reset');
const isOurs = (row: string, key: string): boolean =>
  /^(create|update) (virtual|destination|chaos)/.test(key)
    ? row === '500-after'
    : /^delete (?!leases)/.test(key) && row === 'reset';

describe('an API server that does not answer a write as it should', () => {
  it.concurrent.each(WALK_KINDS)(
    'leaves nothing behind: $name',
    async (kind) => {
      const { steps } = await walk(kind, { rows, lanes: 2, takes: (row, { key }) => isOurs(row.name, key) });
      const broken = steps.flatMap(({ row, point, faults }) =>
        faults.map((it) => `${row.name} at ${point.key}: ${it.what}`),
      );
      expect(broken).toEqual([]);
      expect(steps.length).toBeGreaterThanOrEqual(2);
    },
    120_000,
  );
});
