import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/cluster/connect.ts';
import type { WatchEvent } from '../../src/cluster/cluster.ts';
import { createScriptedClusters, RATINGS, RATINGS_VS, statusReply, VS } from '../helpers/scripted-clusters.ts';
import { createSteppedClock } from '../helpers/stepped-clock.ts';
import type { Reply, SeenRequest } from '../helpers/test-api-server.ts';
import { until } from '../helpers/until.ts';

const { serve, connectTo, closeAll } = createScriptedClusters();
afterEach(closeAll);

interface Script {
  /** What is there, list by list; the last one stays. */
  readonly lists: readonly { readonly version: string; readonly items: readonly object[] }[];
  /** What watch connections say, one by one; after the last they hang. */
  readonly watches: readonly Reply[];
}

function item(name: string, resourceVersion: string): typeof RATINGS_VS {
  return { ...RATINGS_VS, metadata: { ...RATINGS, name, resourceVersion, uid: `uid-${name}` } as typeof RATINGS };
}

/** A watch connection that says these lines and then ends (or is cut). */
function lines(events: readonly object[], end: 'end' | 'cut' | 'hang' = 'end'): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''), () => {
      if (end === 'end') response.end();
      if (end === 'cut') response.write('{"type":"ADD', () => response.socket?.destroy());
    });
  };
}

function play({ lists, watches }: Script): (request: SeenRequest) => Reply {
  let listed = 0;
  let watched = 0;
  return ({ url }) => {
    if (url.includes('watch=true')) return watches[watched++] ?? 'hang';
    const list = lists[Math.min(listed++, lists.length - 1)];
    return { status: 200, body: { metadata: { resourceVersion: list?.version }, items: list?.items } };
  };
}

async function watching(
  script: Script,
): Promise<{ events: string[]; urls: () => string[]; done: Promise<void>; stop(): void }> {
  const server = await serve(play(script));
  const cluster = await connectTo(server.kubeconfig());
  const controller = new AbortController();
  const events: string[] = [];
  const onEvent = ({ type, object }: WatchEvent): void => {
    events.push(`${type} ${object.metadata.name}@${object.metadata.resourceVersion}`);
  };
  const done = cluster.watch(VS, { namespace: 'default', signal: controller.signal }, onEvent);
  const urls = (): string[] => server.seen.map((request) => request.url).filter((url) => url.includes('watch=true'));
  return { events, urls, done, stop: () => controller.abort() };
}

describe('a watch', () => {
  const start = { version: '10', items: [item('a', '5')] };

  it('goes on from the last version after the server closed or the connection broke, and loses nothing', async () => {
    const { events, urls, done, stop } = await watching({
      lists: [start],
      watches: [
        lines([{ type: 'MODIFIED', object: item('a', '11') }]),
        lines([{ type: 'BOOKMARK', object: { metadata: { resourceVersion: '20' } } }], 'cut'),
        lines([{ type: 'ADDED', object: item('b', '21') }], 'hang'),
      ],
    });
    await until('the third connection', () => events.includes('ADDED b@21'));
    stop();
    await done;
    expect(events).toEqual(['ADDED a@5', 'MODIFIED a@11', 'ADDED b@21']);
    expect(urls().map((url) => new URL(url, 'https://x').searchParams.get('resourceVersion'))).toEqual([
      '10',
      '11',
      '20',
    ]);
  });

  it.each<[string, Reply]>([
    ['in the stream', lines([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }])],
    ['as the answer', statusReply(410, 'Expired', 'too old resource version')],
  ])('lists again when its place is forgotten (410 %s), and tells the differences', async (_how, gone) => {
    const { events, done, stop } = await watching({
      lists: [
        { version: '10', items: [item('a', '5'), item('b', '6'), item('same', '7')] },
        { version: '30', items: [item('b', '16'), item('same', '7'), item('c', '22')] },
      ],
      watches: [gone, lines([], 'hang')],
    });
    await until('the second list', () => events.includes('ADDED c@22'));
    stop();
    await done;
    expect(events.slice(3)).toEqual(['DELETED a@5', 'MODIFIED b@16', 'ADDED c@22']);
  });

  it('outlives an API server that fails for a while', async () => {
    const { events, done, stop } = await watching({
      lists: [start],
      watches: [{ status: 503 }, 'reset', lines([{ type: 'DELETED', object: item('a', '12') }], 'hang')],
    });
    await until('the event after the failures', () => events.includes('DELETED a@12'));
    stop();
    await done;
  });

  it('fails at once when it is forbidden', async () => {
    const server = await serve(() => statusReply(403, 'Forbidden', 'User "jane" cannot list'));
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.watch(VS, {}, () => undefined)).rejects.toMatchObject({
      code: 'API_FORBIDDEN',
      details: { where: 'GET virtualservices in all namespaces' },
    });
  });

  it('ends when the cluster is closed', async () => {
    const server = await serve(play({ lists: [start], watches: [] }));
    const cluster = await connectTo(server.kubeconfig());
    const done = cluster.watch(VS, {}, () => undefined);
    await until('the watch is open', () => server.seen.length > 1);
    await cluster.close();
    await done;
  });

  it('is taken for dead when it falls silent, and opened again', async () => {
    const server = await serve(play({ lists: [start], watches: [lines([], 'hang'), lines([], 'hang')] }));
    const clock = createSteppedClock();
    const cluster = await connect({ kubeconfig: server.kubeconfig(), context: 'test', env: {}, clock });
    const done = cluster.watch(VS, {}, () => undefined);
    await until('the watch is open', () => server.seen.length === 2);
    await clock.step(100_000);
    await until('the second watch is open', () => server.seen.length === 3);
    await cluster.close();
    await done;
  });
});
