import { afterEach, describe, expect, it } from 'vitest';
import { experiment, nodeLoss, startOperatorWorld } from '../../helpers/operator-world.ts';
import type { OperatorWorld } from '../../helpers/operator-world.ts';

let world: OperatorWorld;
afterEach(() => world.close());

describe('a blade that is created', () => {
  it('gets its finalizer, then Initialized, then Running with everything that was done, in one write each', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss());

    expect(world.history).toEqual(['new', 'new finalizer', 'Initialized finalizer', 'Running finalizer']);
    expect(world.blade('loss')?.status).toEqual({
      phase: 'Running',
      expStatuses: [
        {
          scope: 'node',
          target: 'network',
          action: 'loss',
          success: true,
          state: 'Success',
          resStatuses: [
            {
              id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
              kind: 'node',
              identifier: '/holdfast-worker/',
              state: 'Success',
              success: true,
            },
          ],
        },
      ],
    });
  });

  it('has an empty list of experiments while they are carried out', async () => {
    world = startOperatorWorld();
    world.create('loss', nodeLoss());
    await world.clock.step(35);

    expect(world.blade('loss')?.status).toEqual({ phase: 'Initialized', expStatuses: [] });
  });

  it('ends in Error when no experiment succeeded, in Running when one did', async () => {
    world = startOperatorWorld();
    const wrong = nodeLoss({ names: 'nobody' });
    await world.run('none', wrong, wrong);
    await world.run('one', wrong, nodeLoss());

    expect(world.phase('none')).toBe('Error');
    expect(world.phase('one')).toBe('Running');
    expect(world.blade('one')?.status?.expStatuses?.map(({ success }) => success)).toEqual([false, true]);
  });

  it('stays without phase and finalizer when it has no experiments', async () => {
    world = startOperatorWorld();
    world.create('empty');
    await world.clock.step(5000);

    expect(world.history).toEqual(['new']);
  });
});

describe('a blade that is deleted', () => {
  it('is destroyed, marked Destroyed, loses its finalizer and goes', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss());
    expect(world.armed('holdfast-worker')).toBeDefined();
    await world.destroy('loss');

    expect(world.history.slice(-3)).toEqual([
      'Running finalizer leaving',
      'Destroyed finalizer leaving',
      'gone leaving',
    ]);
    expect(world.armed('holdfast-worker')).toBeUndefined();
  });

  it('says Success of tool experiments that were destroyed, Destroyed of those that had no target', async () => {
    world = startOperatorWorld();
    await world.run('two', nodeLoss(), nodeLoss({ names: 'nobody' }));
    const states: string[] = [];
    world.store.watch('chaosblades.chaosblade.io', ({ object }) => {
      const status = object['status'] as { phase?: string; expStatuses?: { state: string }[] } | undefined;
      if (status?.phase === 'Destroyed') states.push(...(status.expStatuses ?? []).map(({ state }) => state));
    });
    await world.destroy('two');

    expect(states.slice(0, 2)).toEqual(['Success', 'Destroyed']);
  });

  it('leaves alone what its creation called failed, though it took effect', async () => {
    world = startOperatorWorld();
    world.setSwitches({ 'fail-targets': 'holdfast-worker', 'fail-yet-act': 'true' });
    const status = await world.run('loss', nodeLoss());
    await world.destroy('loss');

    expect(status).toMatchObject({ success: false, state: 'Error', error: 'see resStatus for the error details' });
    expect(world.blade('loss')).toBeUndefined();
    expect(world.armed('holdfast-worker')).toBeDefined();
  });

  it('stays for good when its experiments were edited away', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss());
    world.edit('loss');
    await world.clock.step(1000);
    await world.destroy('loss');

    expect(world.phase('loss')).toBe('Running');
    expect(world.armed('holdfast-worker')).toBeDefined();
  });
});

describe('a blade that is edited', () => {
  it('is destroyed by its old spec and carried out by its new one, and loses its annotations', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss());
    const before = world.blade('loss')?.spec;
    world.edit('loss', nodeLoss({ names: 'holdfast-worker2' }));
    await world.clock.step(1000);

    expect(world.history.slice(-4)).toEqual([
      'Running finalizer',
      'Running finalizer',
      'Updating finalizer',
      'Running finalizer',
    ]);
    expect(world.armed('holdfast-worker')).toBeUndefined();
    expect(world.armed('holdfast-worker2')).toBeDefined();
    expect(world.blade('loss')?.metadata.annotations).toEqual({ preSpec: JSON.stringify(before) });
    expect(world.blade('loss')?.metadata.labels).toEqual({ run: 'r1' });
  });

  it('is left in Destroying when the old spec cannot be destroyed, and a later DELETE leaves the fault', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss());
    world.setSwitches({ 'fail-destroy': 'true' });
    world.edit('loss', nodeLoss({ percent: '90' }));
    await world.clock.step(1000);
    expect(world.phase('loss')).toBe('Destroying');
    world.setSwitches({});
    await world.destroy('loss');

    expect(world.blade('loss')).toBeUndefined();
    expect(world.armed('holdfast-worker')).toBeDefined();
  });

  it('is not looked at again for a label once it runs', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss());
    const writes = world.history.length;
    world.label('loss');
    await world.clock.step(1000);

    expect(world.history).toHaveLength(writes + 1);
    expect(world.phase('loss')).toBe('Running');
  });
});

describe('an operator that ends and starts again', () => {
  it('takes up new blades, not those that were on their way', async () => {
    world = startOperatorWorld();
    world.create('underway', nodeLoss());
    await world.clock.step(35);
    world.setSwitches({ down: 'true' });
    world.create('new', nodeLoss({ names: 'holdfast-worker2' }));
    await world.clock.step(1000);
    expect(world.phase('new')).toBeUndefined();
    world.setSwitches({});
    await world.clock.step(1000);

    expect(world.phase('underway')).toBe('Initialized');
    expect(world.phase('new')).toBe('Running');
  });

  it('never finishes a DELETE that came while it was away', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss());
    world.removePod('chaosblade', 'operator');
    world.remove('loss');
    world.addPod('operator-2', { namespace: 'chaosblade', labels: { name: 'chaosblade-operator' } });
    await world.clock.step(5000);

    expect(world.blade('loss')?.metadata.deletionTimestamp).toBeDefined();
    expect(world.armed('holdfast-worker')).toBeDefined();
  });
});

describe('a destroy that fails', () => {
  it('is told in the status and never tried again, whatever is done to labels or by a second DELETE', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss());
    world.setSwitches({ 'fail-destroy': 'true' });
    await world.destroy('loss');
    const error = 'destory experiment failed, cannot get the chaos_os program';
    expect(world.blade('loss')?.status).toMatchObject({
      phase: 'Destroying',
      expStatuses: [
        {
          success: false,
          state: 'Success',
          error: 'see resStatus for the error details',
          resStatuses: [{ success: false, state: 'Error', error }],
        },
      ],
    });
    world.setSwitches({});
    const writes = world.history.length;
    world.label('loss');
    world.remove('loss');
    await world.clock.step(60_000);

    expect(world.phase('loss')).toBe('Destroying');
    expect(world.history.length).toBeLessThanOrEqual(writes + 2);
  });

  it('is passed over after an edit of the spec: the blade goes, the fault stays', async () => {
    world = startOperatorWorld();
    await world.run('loss', nodeLoss());
    world.setSwitches({ 'fail-destroy': 'true' });
    await world.destroy('loss');
    world.setSwitches({});
    world.edit('loss', nodeLoss({ percent: '1' }));
    await world.clock.step(1000);

    expect(world.blade('loss')).toBeUndefined();
    expect(world.armed('holdfast-worker')).toBeDefined();
  });

  it('comes of a pod that is gone, or of a discipline that somebody else took away', async () => {
    world = startOperatorWorld();
    world.addPod('ratings');
    const loss = experiment('pod/network/loss', { names: 'ratings', interface: 'eth0', percent: '50' });
    await world.run('gone', loss);
    world.removePod('default', 'ratings');
    await world.destroy('gone');
    expect(world.status('gone').resStatuses?.[0]?.error).toContain('can not find container by id');

    await world.run('first', nodeLoss());
    await world.run('second', nodeLoss({ 'local-port': '80' }));
    await world.destroy('first');
    expect(world.status('first').resStatuses?.[0]?.error).toBe('RTNETLINK answers: No such file or directory');
  });
});
