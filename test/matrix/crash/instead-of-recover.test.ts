import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRun } from '../../helpers/crash/event-points.ts';
import { unlikeBefore } from '../../helpers/crash/crash-and-recover.ts';
import { leaveBehind } from '../../helpers/crash/left-behind.ts';
import { type Lanes, startLanes } from '../../helpers/crash/side-by-side.ts';
import { markedObjects } from '../../helpers/crash/snapshot.ts';
import { KINDS } from '../../helpers/crash/world.ts';
import { runCommandLine } from '../../helpers/command-line.ts';

let lanes: Lanes;

beforeAll(async () => {
  setMaxListeners(0);
  lanes = await startLanes(1);
});
afterAll(async () => lanes.close());

/** Pods that were killed are gone and so is what was done to them: what is left names no target of the next run. */
const OVER = new Set<string>(['pod-kill', 'blade-pod-delete']);

describe('a new run on the targets of one that was killed', () => {
  it.each(KINDS.filter((kind) => !OVER.has(kind)))(
    '%s: refuses and names what is left; with --recover clears it first and passes',
    async (kind) => {
      await lanes.borrow(async (world) => {
        const left = await leaveBehind(world, kind);
        const refused = await (await startRun(world, kind)).ended;
        expect(refused.code, refused.stderr).toBe(5);
        expect(refused.stderr).toContain('holdfast recover');
        const names = left.map((it) => it.split(' ')[1]?.split('/').at(-1) ?? it);
        expect(names.filter((name) => !refused.stderr.includes(name))).toEqual([]);
        expect(markedObjects(world.sandbox)).toEqual(left);
        const next = await (await startRun(world, kind, {}, ['--recover'])).ended;
        expect(next.code, next.stderr).toBe(0);
        expect(await unlikeBefore(world)).toEqual([]);
      });
    },
  );

  it.each([...OVER])('%s: passes, and leaves to recover what it does not meet', async (kind) => {
    await lanes.borrow(async (world) => {
      const left = await leaveBehind(world, kind);
      const next = await (await startRun(world, kind)).ended;
      expect(next.code, next.stderr).toBe(0);
      expect(markedObjects(world.sandbox)).toEqual(left);
      expect((await runCommandLine(['recover', ...world.flags])).code).toBe(0);
      expect(await unlikeBefore(world)).toEqual([]);
    });
  });
});
