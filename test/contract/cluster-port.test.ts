import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster, Resource, WatchEvent } from '../../src/cluster/cluster.ts';
import { connect } from '../../src/cluster/connect.ts';
import { systemClock } from '../../src/engine/clock.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { virtualServiceNamed } from '../helpers/istio-objects.ts';

import { startSandboxApi } from '../helpers/sandbox-api.ts';
import type { SandboxApi } from '../helpers/sandbox-api.ts';
import { until } from '../helpers/until.ts';

const GROUP = 'networking.istio.io';

describe('our own door to Kubernetes, on the sandbox', () => {
  let server: SandboxApi;
  let cluster: Cluster;
  let web: Server;
  let virtualServices: Resource;

  beforeAll(async () => {
    server = await startSandboxApi();
    const options = { kubeconfig: server.kubeconfigPath, context: server.context, env: {}, clock: systemClock };
    cluster = await connect(options);
    virtualServices = (await cluster.resource(GROUP, 'virtualservices')) as Resource;
    web = createServer((request, response) => response.end(`hello ${request.url}`)).listen(0, '127.0.0.1');
    await once(web, 'listening');
    server.network.bind('10.244.0.9', 15020, (web.address() as AddressInfo).port);
    server.store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default' },
      spec: { containers: [{ name: 'web' }] },
      status: { phase: 'Running', podIP: '10.244.0.9' },
    });
  });

  afterAll(async () => {
    await cluster.close();
    web.close();
    await server.close();
  });

  it('finds the preferred version of a resource, and none where none is served', async () => {
    expect(virtualServices).toMatchObject({ group: GROUP, version: 'v1', kind: 'VirtualService', namespaced: true });
    expect(await cluster.resource('nope.io', 'nopes')).toBeUndefined();
  });

  it('patches all or nothing: a test that does not hold refuses the whole patch', async () => {
    const key = { namespace: 'default', name: 'patched' };
    await cluster.create(virtualServices, virtualServiceNamed('patched'));
    const remove = { op: 'remove', path: '/metadata/labels' } as const;
    const label = { op: 'add', path: '/metadata/labels', value: { a: 'b' } } as const;
    expect((await cluster.patchJson(virtualServices, key, [label])).object.metadata.labels).toEqual({ a: 'b' });
    const wrong = { op: 'test', path: '/metadata/labels/a', value: 'c' } as const;
    await expect(cluster.patchJson(virtualServices, key, [wrong, remove])).rejects.toMatchObject({
      code: 'API_REFUSED',
      details: { status: 422 },
    });
    const right = { op: 'test', path: '/metadata/labels/a', value: 'b' } as const;
    expect((await cluster.patchJson(virtualServices, key, [right, remove])).object.metadata.labels).toBeUndefined();
    await cluster.remove(virtualServices, key);
  });

  it('creates, replaces once, and is refused from a stale copy', async () => {
    const { object } = await cluster.create(virtualServices, virtualServiceNamed('edited'));
    const changed = { ...object, spec: { hosts: ['changed'] } };
    expect((await cluster.replace(virtualServices, changed)).object.metadata.generation).toBe(2);
    await expect(cluster.replace(virtualServices, changed)).rejects.toMatchObject({ code: 'API_CONFLICT' });
    await cluster.remove(virtualServices, { namespace: 'default', name: 'edited' });
    expect(await cluster.read(virtualServices, { namespace: 'default', name: 'edited' })).toBeUndefined();
  });

  it('is told of a misspelt field', async () => {
    const wrong = { ...virtualServiceNamed('wrong'), spec: { hosts: ['x'], htpp: [] } } as KubernetesObject;
    await expect(cluster.create(virtualServices, wrong)).rejects.toThrow('unknown field "spec.htpp"');
  });

  it('gives back the labels, annotations and spec it found after an edit and its undoing', async () => {
    const { object } = await cluster.create(virtualServices, virtualServiceNamed('restored'));
    const marked = {
      ...object,
      metadata: { ...object.metadata, labels: { 'holdfast.dev/run': 'r1' } },
      spec: { hosts: ['y'] },
    };
    const { object: faulted } = await cluster.replace(virtualServices, marked);
    const undone = {
      ...faulted,
      metadata: { ...faulted.metadata, labels: object.metadata.labels },
      spec: object['spec'],
    };
    const { object: restored } = await cluster.replace(virtualServices, undone);
    expect([restored['spec'], restored.metadata.labels]).toEqual([object['spec'], object.metadata.labels]);
  });

  it('watches what changes', async () => {
    const seen: WatchEvent[] = [];
    const stop = new AbortController();
    const watching = cluster.watch(virtualServices, { namespace: 'default', signal: stop.signal }, (event) =>
      seen.push(event),
    );
    await cluster.create(virtualServices, virtualServiceNamed('watched'));
    await until('the new object is seen', () => seen.some(({ object }) => object.metadata.name === 'watched'));
    stop.abort();
    await watching.catch(() => undefined);
  });

  it('reads pods through the proxy and reaches them by port-forward', async () => {
    const pod = { namespace: 'default', name: 'web' };
    expect(await cluster.podProxyGet(pod, 15020, '/stats')).toEqual({ status: 200, body: 'hello /stats' });
    const forward = await cluster.portForward(pod, 15020);
    expect(await bodyOf(`http://${forward.host}:${forward.port}/forwarded`)).toBe('hello /forwarded');
    await forward.close();
  });

  it('asks what it may do', async () => {
    expect(
      await cluster.allowed({ verb: 'update', group: GROUP, resource: 'virtualservices', namespace: 'default' }),
    ).toBe(true);
  });
});

async function bodyOf(url: string): Promise<string> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [AsyncIterable<Buffer>];
  let text = '';
  for await (const chunk of response) text += chunk.toString();
  return text;
}
