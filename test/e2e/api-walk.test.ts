import { describe, expect, it } from 'vitest';
import { WALK_KINDS } from '../helpers/walk/walk-kind.ts';
import { ROWS, verbOf } from '../helpers/walk/walk-points.ts';
import { walk } from '../helpers/walk/walk.ts';

/** A sample of `npm run test:api-walk`: writes whose answers are lost or wrong. */
const rows = ROWS.filter(({ name }) => name === '500-after' || name === 'reset');
const isWriteOfOurs = (key: string): boolean =>
  verbOf(key) !== 'get' && verbOf(key) !== 'list' && !/lease|subject/.test(key);

describe('an API server that does not answer a write as it should', () => {
  it.concurrent.each(WALK_KINDS)('leaves nothing behind: $name', async (kind) => {
    const { steps } = await walk(kind, { rows, lanes: 2, takes: (_row, { key }) => isWriteOfOurs(key) });
    const broken = steps.flatMap(({ row, point, faults }) =>
      faults.map((it) => `${row.name} at ${point.key}: ${it.what}`),
    );
    expect(broken).toEqual([]);
    expect(steps.length).toBeGreaterThanOrEqual(4);
  });
});
