import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findApiPoints } from '../../helpers/crash/api-points.ts';
import { type Crash, unlikeBefore } from '../../helpers/crash/crash-and-recover.ts';
import { startRun } from '../../helpers/crash/event-points.ts';
import { holdUp } from '../../helpers/crash/late-writes.ts';
import { type Lanes, startLanes } from '../../helpers/crash/side-by-side.ts';
import type { CrashWorld } from '../../helpers/crash/world.ts';
import { runCommandLine } from '../../helpers/command-line.ts';

const KINDS = ['istio-abort', 'istio-create', 'istio-gateway', 'setup', 'blade-loss'] as const;
const told: string[] = [];
let lanes: Lanes;

beforeAll(async () => {
  setMaxListeners(0);
  lanes = await startLanes(4);
});
afterAll(async () => {
  await lanes.close();
  process.stdout.write(`\nWrites of a killed run that arrive after recover was through\n${told.join('\n')}\n`);
});

describe('a write of a killed run that arrives after recover was through', () => {
  it.each(KINDS)('%s: is refused where it would edit; what it creates is found by the next recover', async (kind) => {
    const points = await lanes.borrow(async (world) => findApiPoints(world, async () => startRun(world, kind)));
    const writes = points.filter((it) => it.when === 'after');
    const tally = { refused: 0, created: 0, harmless: 0 };
    const crashes = await lanes.work(writes, async (world, point): Promise<Crash> => {
      const starting = startRun(world, kind);
      const held = holdUp(world, point, starting);
      await held.killed;
      const first = await runCommandLine(['recover', ...world.flags]);
      const clean = await unlikeBefore(world);
      const code = await held.arrive();
      const after = await unlikeBefore(world);
      const troubles = [...(first.code === 0 ? [] : [first.stdout + first.stderr]), ...clean];
      if (after.length === 0) tally[code >= 400 ? 'refused' : 'harmless'] += 1;
      else {
        tally.created += 1;
        // Nobody can keep an object from being created. It is found like anything that a dead run has left.
        if (!point.request.startsWith('create ')) troubles.push(`${code}: ${after.join('\n')}`);
        troubles.push(...(await recoverAgain(world)));
      }
      return { point: point.request, step: 'end', marked: 1, troubles };
    });
    const { refused, created, harmless } = tally;
    told.push(
      `${kind}: ${crashes.length} writes; ${refused} refused, ${harmless} without effect, ${created} created something`,
    );
    process.stdout.write(`${told.at(-1)}\n`);
    expect(crashes.filter((it) => it.troubles.length > 0)).toEqual([]);
  });
});

async function recoverAgain(world: CrashWorld): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runCommandLine(['recover', ...world.flags]);
  return [
    ...(code === 0 ? [] : [`the second recover ended with ${code}: ${stdout}${stderr}`]),
    ...(await unlikeBefore(world)),
  ];
}
