import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashAtRequest, findApiPoints } from '../../helpers/crash/api-points.ts';
import { startRun } from '../../helpers/crash/event-points.ts';
import { type Column, matrixText } from '../../helpers/crash/matrix.ts';
import { type Lanes, startLanes } from '../../helpers/crash/side-by-side.ts';
import { KINDS } from '../../helpers/crash/world.ts';

const columns: Column[] = [];
let lanes: Lanes;

beforeAll(async () => {
  setMaxListeners(0);
  lanes = await startLanes(4);
});
afterAll(async () => {
  await lanes.close();
  const title = 'SIGKILL before each API request, and after each that changes something, then recover';
  process.stdout.write(`\n${matrixText(title, columns)}\n`);
});

describe('a runner that is killed at an API request', () => {
  it.each(KINDS)('%s: recover leaves nothing behind, whichever request it was', async (kind) => {
    const points = await lanes.borrow(async (world) => findApiPoints(world, async () => startRun(world, kind)));
    // Three experiments read side by side what one reads; what the runner does to the cluster then is what differs.
    const chosen =
      kind === 'suite' ? points.filter((it) => /^(?:create|update|delete|patch) /.test(it.request)) : points;
    const crashes = await lanes.work(chosen, async (world, point) => crashAtRequest(world, kind, point));
    columns.push({ kind, crashes });
    process.stdout.write(`${kind}: ${crashes.length} runs killed\n`);
    expect(crashes.filter((it) => it.troubles.length > 0)).toEqual([]);
  });
});
