import { afterEach, describe, expect, it } from 'vitest';
import { experiment, nodeLoss, startOperatorWorld } from '../../helpers/operator-world.ts';
import type { OperatorWorld } from '../../helpers/operator-world.ts';
import type { ExpStatus } from '../../../src/sandbox/blade-operator/blade.ts';

let world: OperatorWorld;
afterEach(() => world.close());

type Matchers = Readonly<Record<string, string | readonly string[]>>;

const loss = (matchers: Matchers) => experiment('pod/network/loss', { interface: 'eth0', percent: '60', ...matchers });
const kill = (matchers: Matchers) => experiment('pod/pod/delete', matchers);

function hit(status: ExpStatus): string[] {
  return (status.resStatuses ?? []).map(({ identifier }) => identifier).sort();
}

function addReviews(): void {
  world.addPod('reviews-a', { labels: { app: 'reviews', version: 'v1' } });
  world.addPod('reviews-b', { labels: { app: 'reviews', version: 'v2' } });
  world.addPod('reviews-c', { labels: { app: 'reviews', version: 'v2' }, node: 'holdfast-worker2' });
  world.addPod('ratings', { labels: { app: 'ratings' } });
}

describe('the selection of targets', () => {
  it('passes over names that are not there in silence', async () => {
    world = startOperatorWorld();
    const status = await world.run('loss', nodeLoss({ names: 'nobody,holdfast-worker2,holdfast-worker' }));

    expect(status.success).toBe(true);
    expect(hit(status)).toEqual(['/holdfast-worker/', '/holdfast-worker2/']);
  });

  it('takes several values of a matcher, or one with commas, and the last of two of a name', async () => {
    world = startOperatorWorld();
    const { matchers = [], ...rest } = nodeLoss();
    const twice = { name: 'names', value: ['holdfast-worker2', 'holdfast-control-plane'] };

    expect(hit(await world.run('loss', { ...rest, matchers: [...matchers, twice] }))).toEqual([
      '/holdfast-control-plane/',
      '/holdfast-worker2/',
    ]);
  });

  it('names pods with namespace, node, first running container and its id', async () => {
    world = startOperatorWorld();
    addReviews();
    const status = await world.run('loss', loss({ names: 'reviews-c', namespace: 'default' }));

    expect(hit(status)).toEqual(['default/holdfast-worker2/reviews-c/app/app-of-reviews-c/containerd']);
    expect(status.resStatuses?.[0]?.kind).toBe('pod');
  });

  it('joins different labels with and, the same one twice with or', async () => {
    world = startOperatorWorld();
    addReviews();
    const both = await world.run('both', kill({ labels: 'app=reviews,version=v2' }));
    const either = await world.run('either', loss({ labels: 'app=reviews,app=ratings', 'evict-count': '9' }));

    expect(hit(both)).toEqual(['default/holdfast-worker/reviews-b', 'default/holdfast-worker2/reviews-c']);
    // Those that were just killed are on their way out.
    expect(hit(either).map((identifier) => identifier.split('/')[2])).toEqual(['ratings', 'reviews-a']);
  });

  it.each([
    ['1.8', ['reviews-a', 'reviews-b']],
    ['0.8', ['reviews-b']],
  ] as const)('beside names, %s asks for any label or for all', async (version, expected) => {
    world = startOperatorWorld(version);
    addReviews();
    const names = 'reviews-a,reviews-b,ratings';
    const status = await world.run('some', kill({ names, labels: 'app=reviews,version=v2' }));

    expect(hit(status).map((identifier) => identifier.split('/')[2])).toEqual(expected);
  });

  it('takes the smaller of count and percentage, in the order of the names', async () => {
    world = startOperatorWorld();
    addReviews();
    const names = 'ratings,reviews-c,reviews-a,reviews-b';
    const status = await world.run('some', kill({ names, 'evict-count': '3', 'evict-percent': '50' }));

    expect(status.resStatuses?.map(({ identifier }) => identifier)).toEqual([
      'default/holdfast-worker/ratings',
      'default/holdfast-worker2/reviews-c',
    ]);
  });

  it('hits no node, and says it succeeded, when a percentage rounds to none or with a group', async () => {
    world = startOperatorWorld();
    for (const [name, value] of [
      ['evict-percent', '10'],
      ['evict-group', 'zone'],
    ] as const) {
      const status = await world.run(name, nodeLoss({ [name]: value }));
      expect(status).toEqual({ scope: 'node', target: 'network', action: 'loss', success: true, state: 'Success' });
      expect(world.phase(name)).toBe('Running');
    }
  });

  it('counts within each group of pods', async () => {
    world = startOperatorWorld();
    addReviews();
    const status = await world.run(
      'groups',
      kill({ labels: 'app=reviews', 'evict-count': '1', 'evict-group': 'version' }),
    );

    expect(hit(status)).toEqual(['default/holdfast-worker/reviews-a', 'default/holdfast-worker/reviews-b']);
  });

  it.each([
    [{ 'container-names': 'istio-proxy' }, ['istio-proxy']],
    [{ 'container-names': 'istio-proxy,app' }, ['app', 'istio-proxy']],
    [{ 'container-index': '0' }, ['app']],
    [{ 'container-ids': 'istio-proxy-of-ratings', 'container-names': 'app' }, ['istio-proxy']],
  ])('finds containers by %o', async (matchers, expected) => {
    world = startOperatorWorld();
    addReviews();
    const status = await world.run('cpu', experiment('container/cpu/fullload', { names: 'ratings', ...matchers }));

    expect(hit(status).map((identifier) => identifier.split('/')[3])).toEqual(expected);
    expect(status.resStatuses?.[0]?.kind).toBe('container');
  });
});

describe('pods that are deleted', () => {
  it('get the grace period of their own, and no id', async () => {
    world = startOperatorWorld();
    world.addPod('slow', { graceSeconds: 45 });
    const status = await world.run('kill', kill({ names: 'slow' }));

    expect(world.store.get('pods', 'default', 'slow')?.metadata.deletionGracePeriodSeconds).toBe(45);
    expect(status.resStatuses).toEqual([
      { kind: 'pod', identifier: 'default/holdfast-worker/slow', state: 'Success', success: true },
    ]);
  });

  it('are shuffled before they are counted when random is true', async () => {
    const chosen = new Set<string>();
    for (let seed = 1; seed <= 12; seed += 1) {
      world = startOperatorWorld('1.8', seed);
      addReviews();
      const matchers = { labels: 'app=reviews', 'evict-count': '1', random: 'true' };
      for (const identifier of hit(await world.run('kill', kill(matchers)))) chosen.add(identifier);
      world.close();
    }
    expect(chosen.size).toBe(3);
  });

  it('make an experiment succeed when one of them could be deleted', async () => {
    world = startOperatorWorld();
    addReviews();
    world.setSwitches({ 'fail-targets': 'reviews-b', 'fail-text': 'pods "reviews-b" is forbidden' });
    const partly = await world.run('partly', kill({ names: 'reviews-a,reviews-b' }));
    const none = await world.run('none', kill({ names: 'reviews-b' }));

    expect(partly).toMatchObject({ success: true, state: 'Success' });
    expect(partly.resStatuses?.map(({ success }) => success)).toEqual([true, false]);
    expect(none).toMatchObject({ success: false, state: 'Error', error: 'see resStatuses for details' });
  });

  it('are not brought back by deleting the blade, which says Destroyed', async () => {
    world = startOperatorWorld();
    addReviews();
    await world.run('kill', kill({ names: 'ratings' }));
    const last: unknown[] = [];
    world.store.watch('chaosblades.chaosblade.io', ({ object }) => last.push(object['status']));
    await world.destroy('kill');

    expect(last.at(-1)).toMatchObject({
      phase: 'Destroyed',
      expStatuses: [{ state: 'Destroyed', resStatuses: [{ state: 'Destroyed', success: true }] }],
    });
  });

  it('must be ready for fail', async () => {
    world = startOperatorWorld();
    addReviews();
    const pod = world.store.get('pods', 'default', 'ratings');
    const status = { ...(pod?.['status'] as object), conditions: [{ type: 'Ready', status: 'False' }] };
    world.store.updateStatus('pods', 'default', 'ratings', status);

    expect((await world.run('fail', experiment('pod/pod/fail', { names: 'ratings' }))).resStatuses?.[0]?.error).toBe(
      '`ratings` pod is not ready',
    );
  });
});
