import { afterEach, describe, expect, it } from 'vitest';
import { experiment, nodeLoss, startOperatorWorld } from '../../helpers/operator-world.ts';
import type { OperatorWorld } from '../../helpers/operator-world.ts';

let world: OperatorWorld;
afterEach(() => world.close());

const podLoss = (matchers: Readonly<Record<string, string>> = {}) =>
  experiment('pod/network/loss', { names: 'ratings', interface: 'eth0', percent: '60', ...matchers });

describe('a timeout', () => {
  it.each(['10', '10s'])('of %s ends the fault after ten seconds, and its blade two seconds later', async (timeout) => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss({ timeout }));
    await world.clock.step(9000);
    expect(world.armed('holdfast-worker')).toBeDefined();
    await world.clock.step(200);
    expect(world.armed('holdfast-worker')).toBeUndefined();
    await world.clock.step(1500);
    expect(world.phase('loss')).toBe('Running');
    await world.clock.step(500);

    expect(world.blade('loss')).toBeUndefined();
    expect(world.history.slice(-2)).toEqual(['Destroyed finalizer leaving', 'gone leaving']);
  });

  it('leaves Success in the status of a blade that ended by itself', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss({ timeout: '2' }));
    const last: unknown[] = [];
    world.store.watch('chaosblades.chaosblade.io', ({ object }) => last.push(object['status']));
    await world.clock.step(5000);

    expect(last.at(-1)).toMatchObject({ phase: 'Destroyed', expStatuses: [{ state: 'Success', success: true }] });
  });

  it('in 0.8 is a plain DELETE, which destroys a second time: well for nodes, hanging for pods', async () => {
    world = startOperatorWorld('0.8');
    world.addPod('ratings');
    await world.run('node', nodeLoss({ timeout: '5' }));
    await world.run('pod', podLoss({ timeout: '5' }));
    await world.clock.step(10_000);

    expect(world.blade('node')).toBeUndefined();
    expect(world.phase('pod')).toBe('Destroying');
    expect(world.status('pod').resStatuses?.[0]?.error).toBe('RTNETLINK answers: No such file or directory');
  });

  it('does not come when the tool pod went meanwhile: the fault stays and nobody asks after half a minute', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss({ timeout: '5' }));
    world.removePod('chaosblade', 'tool-holdfast-worker');
    world.addPod('tool-new', { namespace: 'chaosblade', labels: { app: 'chaosblade-tool' } });
    await world.clock.step(120_000);

    expect(world.armed('holdfast-worker')).toBeDefined();
    expect(world.phase('loss')).toBe('Running');
  });

  it('comes without the operator, whose blade then says Running for ever', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss({ timeout: '5' }));
    world.setSwitches({ down: 'true' });
    world.setSwitches({});
    await world.clock.step(120_000);

    expect(world.armed('holdfast-worker')).toBeUndefined();
    expect(world.phase('loss')).toBe('Running');
  });

  it('with several targets asks by position, so that a blade may outlive its fault', async () => {
    const ends = new Set<string>();
    for (let seed = 1; seed <= 6; seed += 1) {
      world = startOperatorWorld('1.8', seed);
      const status = await world.run('loss', nodeLoss({ names: 'holdfast-worker,holdfast-worker2', timeout: '5' }));
      const inOrder = status.resStatuses?.[0]?.identifier === '/holdfast-worker/';
      await world.clock.step(60_000);
      expect(world.armed('holdfast-worker')).toBeUndefined();
      ends.add(`${inOrder ? 'in order' : 'swapped'}: ${world.blade('loss') ? 'Running' : 'gone'}`);
      world.close();
    }
    expect([...ends].sort()).toEqual(['in order: gone', 'swapped: Running']);
  });

  it('of a pod fires although its blade is gone, and ends a later fault; that of a node does not', async () => {
    world = startOperatorWorld();
    world.addPod('ratings');
    await world.run('pod', podLoss({ timeout: '20' }));
    await world.run('node', nodeLoss({ timeout: '20' }));
    await world.destroy('pod');
    await world.destroy('node');
    await world.run('later-pod', podLoss());
    await world.run('later-node', nodeLoss());
    expect(world.armed('ratings')).toBeDefined();
    await world.clock.step(30_000);

    expect(world.armed('ratings')).toBeUndefined();
    expect(world.armed('holdfast-worker')).toBeDefined();
    expect(world.phase('later-pod')).toBe('Running');
  });

  it('means nothing to pods that are deleted', async () => {
    world = startOperatorWorld();
    world.addPod('ratings');
    await world.run('kill', experiment('pod/pod/delete', { names: 'ratings', timeout: '2' }));
    await world.clock.step(60_000);

    expect(world.phase('kill')).toBe('Running');
  });
});
