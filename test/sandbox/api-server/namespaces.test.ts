import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callApi } from '../../helpers/api-request.ts';
import { startSandboxApi } from '../../helpers/sandbox-api.ts';
import type { SandboxApi } from '../../helpers/sandbox-api.ts';
import { until } from '../../helpers/until.ts';

describe('namespaces', () => {
  let server: SandboxApi;
  beforeEach(async () => {
    server = await startSandboxApi();
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    expect((await callApi(server, '/api/v1/namespaces', { body })).status).toBe(201);
  });
  afterEach(() => server.close());

  const create = (name: string, finalizers?: string[]) =>
    callApi(server, '/api/v1/namespaces/shop/configmaps', {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, finalizers } },
    });
  const remove = () => callApi(server, '/api/v1/namespaces/shop', { method: 'DELETE' });
  const isGone = () => server.store.get('namespaces', undefined, 'shop') === undefined;

  it('are active and labelled with their name', async () => {
    expect((await callApi(server, '/api/v1/namespaces/shop')).json).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } },
      status: { phase: 'Active' },
    });
  });

  it('are emptied and then go', async () => {
    await create('inside');
    expect((await remove()).json).toMatchObject({ metadata: { name: 'shop' } });
    await until('the namespace is gone', isGone);
    expect(server.store.list('configmaps', 'shop')).toEqual([]);
  });

  it('that every cluster has may not be deleted', async () => {
    const { status, json } = await callApi(server, '/api/v1/namespaces/default', { method: 'DELETE' });
    expect([status, json['message']]).toEqual([
      403,
      'namespaces "default" is forbidden: this namespace may not be deleted',
    ]);
  });

  it('wait, terminating, for what a finalizer holds, and take nothing new meanwhile', async () => {
    await create('held', ['holdfast.dev/test']);
    await remove();
    const held = () => server.store.get('configmaps', 'shop', 'held');
    await until('the content is marked', () => held()?.metadata.deletionTimestamp);
    expect(server.store.get('namespaces', undefined, 'shop')?.['status']).toEqual({ phase: 'Terminating' });
    const late = await create('late');
    expect(late.status).toBe(403);
    expect(late.json['message']).toContain('because it is being terminated');
    const metadata = { name: 'held', namespace: 'shop' };
    server.store.update('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await until('the namespace is gone', isGone);
  });
});
