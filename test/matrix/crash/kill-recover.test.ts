import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findApiPoints, killAt } from '../../helpers/crash/api-points.ts';
import { recoverFrom, unlikeBefore } from '../../helpers/crash/crash-and-recover.ts';
import { leaveBehind } from '../../helpers/crash/left-behind.ts';
import { type Column, matrixText } from '../../helpers/crash/matrix.ts';
import { type Lanes, startLanes } from '../../helpers/crash/side-by-side.ts';
import { runCommandLine, startCommandLine } from '../../helpers/command-line.ts';

const columns: Column[] = [];
let lanes: Lanes;

beforeAll(async () => {
  setMaxListeners(0);
  lanes = await startLanes(4);
});
afterAll(async () => {
  await lanes.close();
  process.stdout.write(
    `\n${matrixText('SIGKILL of recover at each of its API requests, then recover again', columns)}\n`,
  );
});

/** One of each way of undoing: routes taken out, objects deleted, fields put back, a resource given to its operator. */
const LEFT = ['istio-abort', 'istio-create', 'setup', 'blade-loss', 'suite'] as const;

describe('a recover that is killed at an API request', () => {
  it.each(LEFT)('%s: the next one does the rest', async (kind) => {
    const points = await lanes.borrow(async (world) => {
      await leaveBehind(world, kind);
      return findApiPoints(world, async () => startCommandLine(['recover', ...world.flags]));
    });
    const crashes = await lanes.work(points, async (world, point) => {
      await leaveBehind(world, kind);
      const killed = killAt(world, point);
      const recovering = await startCommandLine(['recover', ...world.flags]);
      killed.victim(recovering);
      await recovering.ended;
      world.interveneWith(undefined);
      return { ...(await recoverFrom(world, recovering, `${point.when} ${point.request}`)), step: 'recover' };
    });
    columns.push({ kind, crashes });
    process.stdout.write(`${kind}: ${crashes.length} times recover was killed\n`);
    expect(crashes.filter((it) => it.troubles.length > 0)).toEqual([]);
  });
});

describe('two recovers at once', () => {
  it.each(LEFT)('%s: both end well, and everything is as it was', async (kind) => {
    const crashes = await lanes.work([1, 2, 3, 4, 5, 6], async (world, nth) => {
      await leaveBehind(world, kind);
      const both = await Promise.all([1, 2].map(async () => runCommandLine(['recover', ...world.flags])));
      const failed = both.filter((it) => it.code !== 0).map((it) => `ended with ${it.code}: ${it.stdout}${it.stderr}`);
      return { point: `pair ${nth}`, step: 'end', marked: 1, troubles: [...failed, ...(await unlikeBefore(world))] };
    });
    expect(crashes.filter((it) => it.troubles.length > 0)).toEqual([]);
  });
});
