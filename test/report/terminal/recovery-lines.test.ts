import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../src/report/terminal/paint.ts';
import { recoveryLines } from '../../../src/report/terminal/recovery-lines.ts';
import { COMING_BACK } from '../../helpers/run-record.ts';

const plain = createPaint(false);
const recovered = {
  t: 0,
  experiment: 'x',
  type: 'recovered',
  recovered: true,
  detail: 'held',
  recoveryMs: 1400,
} as const;
const [page] = COMING_BACK.probes;

describe('the recovery on the terminal', () => {
  it('is one line where it was there at once', () => {
    const watch = { ...COMING_BACK, watchedFromMs: 1380 };
    expect(recoveryLines({ ...recovered, watch }, plain)).toEqual(['  recovered after 1.40 s']);
  });

  it('is drawn in plain signs where it took its time', () => {
    expect(recoveryLines({ ...recovered, watch: COMING_BACK }, plain)).toEqual([
      '  recovered after 1.40 s',
      '    each sign is 250 ms after the rollback: # all good, o some, x none, . not asked',
      '    .x...o#  page comes: good from 1.40 s on',
    ]);
  });

  it('says of each probe how it was left', () => {
    const probes = [page!, { ...page!, probe: 'api', state: 'broken', relapses: 2, recoveryMs: undefined } as const];
    const lines = recoveryLines(
      { ...recovered, recovered: false, detail: 'never', watch: { ...COMING_BACK, probes } },
      plain,
    );
    expect(lines[0]).toBe('  not recovered: never');
    expect(lines.at(-1)).toBe('    .x...o#  api: still broken, broke again 2x');
  });

  it('stays within sixty signs however long it took', () => {
    const curve = Array.from({ length: 240 }, (_, index) => ({ atMs: index * 2000, samples: 1, good: 1 }));
    const watch = { ...COMING_BACK, bucketMs: 2000, probes: [{ ...page!, curve }] };
    const [, key, strip] = recoveryLines({ ...recovered, watch }, plain);
    expect(key).toContain('each sign is 8.00 s');
    expect(strip).toBe(`    ${'#'.repeat(60)}  page comes: good from 1.40 s on`);
  });
});
