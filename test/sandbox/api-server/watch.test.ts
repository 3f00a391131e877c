import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import { callApi, openApiStream } from '../../helpers/api-request.ts';
import { startSandboxApi } from '../../helpers/sandbox-api.ts';
import type { SandboxApi } from '../../helpers/sandbox-api.ts';
import { until } from '../../helpers/until.ts';

const PATH = '/api/v1/namespaces/default/configmaps';

describe('watching', () => {
  let server: SandboxApi;
  beforeEach(async () => {
    server = await startSandboxApi({ historySize: 20 });
  });
  afterEach(() => server.close());

  it('replays what happened after the given version, then follows', async () => {
    const { json } = await callApi(server, PATH);
    const { resourceVersion } = json['metadata'] as { resourceVersion: string };
    server.store.create('configmaps', configMap('a'));
    server.store.remove('configmaps', 'default', 'a');
    const watch = await openWatch(`${PATH}?watch=true&resourceVersion=${resourceVersion}`);
    server.store.create('configmaps', configMap('b'));
    expect(await watch.first(3)).toEqual(['ADDED a', 'DELETED a', 'ADDED b']);
  });

  it('begins with the present objects when no version is given', async () => {
    server.store.create('configmaps', configMap('there'));
    const watch = await openWatch(`${PATH}?watch=1`);
    expect(await watch.first(1)).toEqual(['ADDED there']);
  });

  it('answers a forgotten version with an ERROR event of Status 410 and ends', async () => {
    for (let index = 0; index < 30; index += 1) server.store.create('configmaps', configMap(`c${index}`));
    const { text } = await callApi(server, `${PATH}?watch=true&resourceVersion=2`);
    expect(JSON.parse(text)).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  });

  it('shows an object that comes to match a selector as ADDED and one that ceases to as DELETED', async () => {
    server.store.create('configmaps', configMap('a'));
    const watch = await openWatch(
      `${PATH}?watch=true&labelSelector=on%3Dyes&resourceVersion=${server.store.revision()}`,
    );
    server.store.update('configmaps', configMap('a', { on: 'yes' }));
    server.store.update('configmaps', configMap('a', { on: 'yes', more: 'x' }));
    server.store.update('configmaps', configMap('a', { on: 'no' }));
    expect(await watch.first(3)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  it('watches one object by field selector', async () => {
    const watch = await openWatch(`${PATH}?watch=true&fieldSelector=metadata.name%3Db`);
    for (const name of ['a', 'b']) server.store.create('configmaps', configMap(name));
    expect(await watch.first(1)).toEqual(['ADDED b']);
    const unknown = await callApi(server, `${PATH}?fieldSelector=spec.colour%3Dred`);
    expect(unknown).toMatchObject({ status: 400, json: { message: 'field label not supported: spec.colour' } });
  });

  it('ends after timeoutSeconds', async () => {
    const started = performance.now();
    expect((await callApi(server, `${PATH}?watch=true&timeoutSeconds=1`)).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  it('marks the end of the initial events when asked to send them', async () => {
    server.store.create('configmaps', configMap('a'));
    const query = 'watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
    const watch = await openWatch(`${PATH}?${query}`);
    const [added, bookmark] = await watch.events(2);
    expect(added).toMatchObject({ type: 'ADDED' });
    expect(bookmark).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
  });

  it('sends Tables with columns in the first event only', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const watch = await openWatch(`${PATH}?watch=true`, accept);
    for (const name of ['a', 'b']) server.store.create('configmaps', configMap(name));
    const events = await watch.events(2);
    expect(events.map((event) => event.object['columnDefinitions'] === null)).toEqual([false, true]);
  });

  it('feeds an informer of the JavaScript client, which misses nothing when its watch is cut', async () => {
    const config = new KubeConfig();
    config.loadFromString(server.kubeconfig);
    const api = config.makeApiClient(CoreV1Api);
    const informer = makeInformer(config, PATH, () => api.listNamespacedConfigMap({ namespace: 'default' }));
    const seen = new Set<string>();
    informer.on('add', (object) => seen.add(object.metadata?.name ?? ''));
    server.store.create('configmaps', configMap('before'));
    await informer.start();
    server.store.create('configmaps', configMap('after'));
    await until('both were seen', () => seen.size === 2);
    informer.on('error', () => undefined);
    await informer.stop();
    expect([...seen].sort()).toEqual(['after', 'before']);
  });

  async function openWatch(path: string, accept = 'application/json') {
    const stream = await openApiStream(server, path, { headers: { accept } });
    stream.on('error', () => undefined);
    const received: { type: string; object: Record<string, unknown> }[] = [];
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      const lines = (text + chunk.toString()).split('\n');
      text = lines.pop() ?? '';
      received.push(...lines.map((line) => JSON.parse(line) as (typeof received)[0]));
    });
    const events = async (count: number) => {
      await until(`${count} events`, () => received.length >= count);
      return received.slice(0, count);
    };
    const first = async (count: number) =>
      (await events(count)).map(({ type, object }) => `${type} ${(object['metadata'] as { name: string }).name}`);
    return { events, first };
  }
});

function configMap(name: string, labels: Record<string, string> = {}): StoredObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels } };
}
