import { afterEach, describe, expect, it } from 'vitest';
import { nodeLoss, startOperatorWorld } from '../../helpers/operator-world.ts';
import type { OperatorWorld } from '../../helpers/operator-world.ts';

let world: OperatorWorld;
afterEach(() => world.close());

/** Into the middle of the command in the tool pod, which takes at least 50 ms. */
async function whileInjecting(): Promise<void> {
  world = startOperatorWorld();
  world.create('loss', nodeLoss());
  await world.clock.step(40);
  expect(world.phase('loss')).toBe('Initialized');
}

describe('a write while the operator carries a blade out', () => {
  it('DELETE: the result cannot be written, nothing is destroyed, the blade goes and the fault stays', async () => {
    await whileInjecting();
    world.remove('loss');
    await world.clock.step(5000);

    expect(world.blade('loss')).toBeUndefined();
    expect(world.history.slice(-2)).toEqual(['Destroyed finalizer leaving', 'gone leaving']);
    expect(world.armed('holdfast-worker')).toBeDefined();
  });

  it('a label: the blade stays Initialized for ever, with the fault in force', async () => {
    await whileInjecting();
    world.label('loss');
    await world.clock.step(60_000);

    expect(world.blade('loss')?.status).toEqual({ phase: 'Initialized', expStatuses: [] });
    expect(world.armed('holdfast-worker')).toBeDefined();
  });

  it('another spec: both are carried out, and only the second is known', async () => {
    await whileInjecting();
    world.edit('loss', nodeLoss({ names: 'holdfast-worker2' }));
    await world.clock.step(5000);
    expect(world.phase('loss')).toBe('Running');
    await world.destroy('loss');

    expect(world.armed('holdfast-worker')).toBeDefined();
    expect(world.armed('holdfast-worker2')).toBeUndefined();
  });

  it('DELETE between finalizer and Initialized: the blade hangs, though nothing was done', async () => {
    world = startOperatorWorld();
    world.create('loss', nodeLoss());
    await world.clock.step(12);
    expect(world.history.at(-1)).toBe('new finalizer');
    world.remove('loss');
    await world.clock.step(60_000);

    expect(world.history.at(-1)).toBe('new finalizer leaving');
    expect(world.armed('holdfast-worker')).toBeUndefined();
  });

  it('DELETE before the finalizer: it just goes', async () => {
    world = startOperatorWorld();
    world.create('loss', nodeLoss());
    world.remove('loss');
    await world.clock.step(1000);

    expect(world.history).toEqual(['new', 'gone']);
  });
});
