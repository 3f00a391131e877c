import { afterEach, describe, expect, it } from 'vitest';
import { experiment, nodeLoss, NODES, only, startOperatorWorld } from '../../helpers/operator-world.ts';
import type { OperatorWorld } from '../../helpers/operator-world.ts';

let world: OperatorWorld;
afterEach(() => world.close());

const target = { names: 'holdfast-worker', interface: 'eth0' };
const OPEN = { localPorts: [], remotePorts: [], destinationIps: [], excludePorts: [], excludeIps: [] };

describe('a network fault', () => {
  it.each([
    ['loss', { percent: '60' }, { kind: 'loss', percent: 60 }],
    ['corrupt', { percent: '5.5' }, { kind: 'corrupt', percent: 5.5 }],
    ['duplicate', { percent: '10' }, { kind: 'duplicate', percent: 10 }],
    ['delay', { time: '3000', offset: '500' }, { kind: 'delay', timeMs: 3000, offsetMs: 500 }],
    ['delay', { time: '200' }, { kind: 'delay', timeMs: 200, offsetMs: 0 }],
    ['reorder', { percent: '25', correlation: '50' }, { kind: 'reorder', percent: 25, timeMs: 10 }],
  ] as const)('%s with %o is in force on the interface, and gone with its blade', async (action, flags, effect) => {
    world = startOperatorWorld();
    await world.run('fault', experiment(`node/network/${action}`, { ...target, ...flags }));
    expect(world.armed('holdfast-worker')).toEqual({ effect, ...OPEN });
    await world.destroy('fault');

    expect(world.armed('holdfast-worker')).toBeUndefined();
  });

  it('hits what its ports, addresses and protocol say', async () => {
    world = startOperatorWorld();
    const filters = {
      'local-port': '80,8000-8080',
      'remote-port': '9080',
      'destination-ip': ['10.244.1.3', '10.244.2.4'],
      'exclude-port': '22',
      'exclude-ip': '10.0.0.1',
      protocol: 'tcp',
    };
    await world.run('loss', nodeLoss(filters));

    expect(world.armed('holdfast-worker')).toEqual({
      effect: { kind: 'loss', percent: 60 },
      localPorts: [
        { from: 80, to: 80 },
        { from: 8000, to: 8080 },
      ],
      remotePorts: [{ from: 9080, to: 9080 }],
      destinationIps: ['10.244.1.3', '10.244.2.4'],
      excludePorts: [{ from: 22, to: 22 }],
      excludeIps: ['10.0.0.1'],
      protocol: 'tcp',
    });
  });

  it.each(['pod', 'container'])('in %s scope is in force in the network of the pod', async (scope) => {
    world = startOperatorWorld();
    world.addPod('ratings');
    const matchers = { names: 'ratings', 'container-names': 'app', interface: 'eth0', percent: '60' };
    await world.run('loss', experiment(`${scope}/network/loss`, matchers));

    expect(world.armed('ratings')?.effect).toEqual({ kind: 'loss', percent: 60 });
    expect(world.armed('holdfast-worker')).toBeUndefined();
  });

  it('is refused on an interface that has one, which stays when neither has a filter', async () => {
    world = startOperatorWorld();
    await world.run('first', nodeLoss());
    const status = await world.run('second', nodeLoss({ percent: '10' }));

    expect(only(status)?.error).toBe('RTNETLINK answers: File exists');
    expect(world.armed('holdfast-worker')?.effect).toEqual({ kind: 'loss', percent: 60 });
  });

  it.each([
    ['local-port', '80'],
    ['exclude-port', '22'],
  ])('with %s is refused too, and silently ends the first', async (name, value) => {
    world = startOperatorWorld();
    await world.run('first', nodeLoss());
    const status = await world.run('second', nodeLoss({ [name]: value }));

    expect(only(status)?.error).toBe('RTNETLINK answers: File exists');
    expect(world.armed('holdfast-worker')).toBeUndefined();
    expect(world.phase('first')).toBe('Running');
  });

  it('takes the place of another one by force', async () => {
    world = startOperatorWorld();
    await world.run('first', nodeLoss());
    await world.run('second', nodeLoss({ percent: '10', force: 'true' }));

    expect(world.armed('holdfast-worker')?.effect).toEqual({ kind: 'loss', percent: 10 });
  });

  it('on several targets is in force on all of them at once, told in the order of completion', async () => {
    const orders = new Set<string>();
    for (let seed = 1; seed <= 6; seed += 1) {
      world = startOperatorWorld('1.8', seed);
      world.create('loss', nodeLoss({ names: NODES }));
      // Commands start 30 ms after the creation and take 50 to 150 ms each.
      await world.clock.step(30 + 150);
      expect(NODES.every((node) => world.armed(node))).toBe(true);
      await world.clock.step(50);
      orders.add(
        world
          .status('loss')
          .resStatuses?.map(({ identifier }) => identifier)
          .join() ?? '',
      );
      world.close();
    }
    expect(orders.size).toBeGreaterThan(1);
  });

  it('reaches one target after another in 0.8', async () => {
    world = startOperatorWorld('0.8');
    world.create('loss', nodeLoss({ names: NODES }));
    await world.clock.step(30 + 149);
    expect(NODES.every((node) => world.armed(node))).toBe(false);
    await world.clock.step(1000);

    expect(world.status('loss').resStatuses?.map(({ identifier }) => identifier)).toEqual(
      NODES.map((node) => `/${node}/`),
    );
  });
});

describe('an action that is not acted out', () => {
  it.each([
    experiment('node/cpu/fullload', { names: 'holdfast-worker' }),
    experiment('node/cpu/fl', { names: 'holdfast-worker', 'cpu-percent': '80' }),
    experiment('node/mem/load', { names: 'holdfast-worker', mode: 'ram' }),
    experiment('node/disk/fill', { names: 'holdfast-worker', percent: '90' }),
    experiment('node/process/kill', { names: 'holdfast-worker', process: 'nginx', signal: '9' }),
    experiment('node/network/dns', { names: 'holdfast-worker', domain: 'a.b', ip: '10.0.0.1' }),
    experiment('node/script/delay', { names: 'holdfast-worker', file: 'x.sh' }),
  ])('is said to succeed: $target $action', async (unacted) => {
    world = startOperatorWorld();
    const status = await world.run('blade', unacted);
    expect(status).toMatchObject({
      success: true,
      state: 'Success',
      resStatuses: [{ identifier: '/holdfast-worker/' }],
    });
    await world.destroy('blade');
    expect(world.blade('blade')).toBeUndefined();
  });
});

describe('the switches', () => {
  it('make experiments slow', async () => {
    world = startOperatorWorld();
    world.setSwitches({ 'slow-ms': '5000' });
    world.create('loss', nodeLoss());
    await world.clock.step(4900);
    expect(world.phase('loss')).toBe('Initialized');
    await world.clock.step(300);
    expect(world.phase('loss')).toBe('Running');
  });

  it('let some targets fail with a text: the experiment fails, the others are hit and taken back', async () => {
    world = startOperatorWorld();
    world.setSwitches({ 'fail-targets': 'holdfast-worker2, nobody', 'fail-text': '`tc`: command not found' });
    const status = await world.run('loss', nodeLoss({ names: 'holdfast-worker,holdfast-worker2' }));
    const results = Object.fromEntries(
      (status.resStatuses ?? []).map(({ identifier, success, error }) => [identifier, error ?? success]),
    );

    expect(results).toEqual({ '/holdfast-worker/': true, '/holdfast-worker2/': '`tc`: command not found' });
    expect(status).toMatchObject({ success: false, state: 'Error' });
    expect([world.armed('holdfast-worker') !== undefined, world.armed('holdfast-worker2')]).toEqual([true, undefined]);
    await world.destroy('loss');
    expect(world.armed('holdfast-worker')).toBeUndefined();
  });

  it('tell of success where nothing is done, and undo nothing either', async () => {
    world = startOperatorWorld();
    world.addPod('ratings');
    world.setSwitches({ 'no-effect': 'true' });
    const loss = await world.run('loss', nodeLoss());
    const kill = await world.run('kill', experiment('pod/pod/delete', { names: 'ratings' }));

    expect([loss.success, kill.success]).toEqual([true, true]);
    expect(world.armed('holdfast-worker')).toBeUndefined();
    expect(world.store.get('pods', 'default', 'ratings')?.metadata.deletionTimestamp).toBeUndefined();
    await world.destroy('loss');
    expect(world.blade('loss')).toBeUndefined();
  });
});
