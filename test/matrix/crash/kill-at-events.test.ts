import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashAtEvent, findEventPoints } from '../../helpers/crash/event-points.ts';
import { type Column, matrixText } from '../../helpers/crash/matrix.ts';
import { type Lanes, startLanes } from '../../helpers/crash/side-by-side.ts';
import { KINDS } from '../../helpers/crash/world.ts';

const columns: Column[] = [];
let lanes: Lanes;

beforeAll(async () => {
  // As the command line does: one stop signal is listened to by every request under way.
  setMaxListeners(0);
  lanes = await startLanes(4);
});
afterAll(async () => {
  await lanes.close();
  process.stdout.write(`\n${matrixText('SIGKILL after each event of the journal, then recover', columns)}\n`);
});

describe('a runner that is killed after an event of its journal', () => {
  it.each(KINDS)('%s: recover leaves nothing behind, whichever event it was', async (kind) => {
    const points = await lanes.borrow(async (world) => findEventPoints(world, kind));
    const crashes = await lanes.work(points, async (world, point) => crashAtEvent(world, kind, point));
    columns.push({ kind, crashes });
    process.stdout.write(`${kind}: ${crashes.length} runs killed\n`);
    expect(crashes.filter((it) => it.troubles.length > 0)).toEqual([]);
    expect(crashes.some((it) => it.marked > 0) || kind === 'pod-kill').toBe(true);
  });
});
