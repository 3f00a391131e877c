import { afterEach, describe, expect, it } from 'vitest';
import { createScriptedClusters, RATINGS_VS, statusReply, VS } from '../helpers/scripted-clusters.ts';
import type { Reply } from '../helpers/test-api-server.ts';

const { serve, connectTo, closeAll } = createScriptedClusters();
afterEach(closeAll);

describe('listing', () => {
  const item = (name: string) => ({ metadata: { ...RATINGS_VS.metadata, name } });

  it('takes page after page, and gives items their kind', async () => {
    const server = await serve(({ url }) => ({
      status: 200,
      body: url.includes('continue=next')
        ? { metadata: { resourceVersion: '9' }, items: [item('b')] }
        : { metadata: { resourceVersion: '9', continue: 'next' }, items: [item('a')] },
    }));
    const cluster = await connectTo(server.kubeconfig());
    const listed = await cluster.list(VS, { namespace: 'default', labelSelector: 'app in (a,b)' });
    expect(listed.map(({ kind, apiVersion, metadata }) => [kind, apiVersion, metadata.name])).toEqual([
      ['VirtualService', 'networking.istio.io/v1', 'a'],
      ['VirtualService', 'networking.istio.io/v1', 'b'],
    ]);
    expect(server.seen[0]?.url).toBe(
      '/apis/networking.istio.io/v1/namespaces/default/virtualservices?labelSelector=app+in+%28a%2Cb%29&limit=500',
    );
  });

  it('starts over in one piece when a page has expired', async () => {
    const server = await serve(({ url }) => {
      if (url.includes('continue=')) return statusReply(410, 'Expired', 'The provided continue parameter is too old');
      if (url.includes('limit=')) return { status: 200, body: { metadata: { continue: 'next' }, items: [item('a')] } };
      return { status: 200, body: { metadata: {}, items: [item('a'), item('b')] } };
    });
    const cluster = await connectTo(server.kubeconfig());
    expect(await cluster.list(VS)).toHaveLength(2);
  });

  it('takes a list without items for empty', async () => {
    const server = await serve(() => ({ status: 200, body: { items: null } }));
    const cluster = await connectTo(server.kubeconfig());
    expect(await cluster.list(VS)).toEqual([]);
  });
});

describe('finding out what is served', () => {
  const aggregated = {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: 'networking.istio.io' },
        versions: ['v1', 'v1beta1'].map((version) => ({
          version,
          resources: [{ resource: 'virtualservices', scope: 'Namespaced', responseKind: { kind: 'VirtualService' } }],
        })),
      },
    ],
  };

  it('takes one request, however many ask', async () => {
    const server = await serve(() => ({ status: 200, body: aggregated }));
    const cluster = await connectTo(server.kubeconfig());
    const found = await Promise.all([
      cluster.resource('networking.istio.io', 'virtualservices'),
      cluster.resourceOf({ apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService' }),
      cluster.resource('networking.istio.io', 'gateways'),
    ]);
    expect(found.map((resource) => resource?.version)).toEqual(['v1', 'v1beta1', undefined]);
    expect(server.seen).toHaveLength(1);
  });

  it('asks group by group where the API server is too old for that', async () => {
    const documents: Readonly<Record<string, Reply>> = {
      '/apis': { status: 200, body: { kind: 'APIGroupList', groups: [] } },
      '/apis/networking.istio.io': {
        status: 200,
        body: { preferredVersion: { version: 'v1beta1' }, versions: [{ version: 'v1alpha3' }, { version: 'v1beta1' }] },
      },
      ...Object.fromEntries(
        ['v1alpha3', 'v1beta1'].map((version) => [
          `/apis/networking.istio.io/${version}`,
          {
            status: 200,
            body: {
              resources: [
                { name: 'virtualservices', kind: 'VirtualService', namespaced: true },
                { name: 'virtualservices/status', kind: 'VirtualService', namespaced: true },
              ],
            },
          },
        ]),
      ),
    };
    const server = await serve(({ url }) => documents[url] ?? statusReply(404, 'NotFound', 'nothing there'));
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.resource('networking.istio.io', 'virtualservices')).resolves.toMatchObject({
      version: 'v1beta1',
    });
    await expect(cluster.resource('nowhere.test', 'things')).resolves.toBeUndefined();
  });

  it('asks again after a failure, and an abort ends only the wait of the one who aborts', async () => {
    const server = await serve((_request, n) =>
      n === 1 ? statusReply(403, 'Forbidden', 'no') : { status: 200, body: aggregated },
    );
    const cluster = await connectTo(server.kubeconfig());
    await expect(cluster.resource('a', 'b')).rejects.toMatchObject({ code: 'API_FORBIDDEN' });
    const controller = new AbortController();
    const aborted = cluster.resource('a', 'b', { signal: controller.signal });
    const other = cluster.resource('networking.istio.io', 'virtualservices');
    controller.abort(new Error('stop'));
    await expect(aborted).rejects.toThrow('stop');
    await expect(other).resolves.toBeDefined();
  });
});
