import { describe, expect, it } from 'vitest';
import { cachedReads } from '../../src/engine/cached-reads.ts';
import { createFakeCluster } from '../helpers/fake-cluster.ts';
import { bookinfo } from '../helpers/istio-world.ts';

function watched() {
  const asked: string[] = [];
  const cluster = createFakeCluster(bookinfo, { beforeRead: (what) => void asked.push(what) });
  return { asked, cluster, once: cachedReads(cluster) };
}

describe('what is looked at together', () => {
  it('is asked for once, also by several at the same time, and is one moment to all', async () => {
    const { asked, cluster, once } = watched();
    const pods = await once.resource('', 'pods');
    if (pods === undefined) throw new Error('no pods');
    const { signal } = new AbortController();
    const [one, two] = await Promise.all([
      once.list(pods, { namespace: 'default', signal }),
      once.list(pods, { namespace: 'default' }),
    ]);
    cluster.drop('Pod', { namespace: 'default', name: 'ratings-v1-1' });
    expect(await once.list(pods, { namespace: 'default' })).toBe(one);
    expect(two).toBe(one);
    expect(asked).toEqual(['list pods default']);
  });

  it('is told apart by namespace, labels and name', async () => {
    const { asked, once } = watched();
    const pods = await once.resource('', 'pods');
    if (pods === undefined) throw new Error('no pods');
    await once.list(pods, { namespace: 'default' });
    await once.list(pods, { namespace: 'default', labelSelector: 'app=ratings' });
    await once.list(pods);
    await once.read(pods, { namespace: 'default', name: 'ratings-v1-1' });
    await once.read(pods, { namespace: 'default', name: 'reviews-v2-1' });
    expect(asked).toHaveLength(5);
  });

  it('fails for all who asked, as it would have for each', async () => {
    const cluster = createFakeCluster([], {
      beforeRead: () => {
        throw new Error('gone');
      },
    });
    const once = cachedReads(cluster);
    const pods = await once.resource('', 'pods');
    if (pods === undefined) throw new Error('no pods');
    const both = await Promise.allSettled([once.list(pods), once.list(pods)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
