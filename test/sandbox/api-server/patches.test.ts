import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../../helpers/api-request.ts';
import type { ApiAnswer } from '../../helpers/api-request.ts';
import { VIRTUAL_SERVICES, virtualServiceNamed } from '../../helpers/istio-objects.ts';
import { startSandboxApi } from '../../helpers/sandbox-api.ts';
import type { SandboxApi } from '../../helpers/sandbox-api.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

describe('patching objects', () => {
  let server: SandboxApi;
  beforeAll(async () => {
    server = await startSandboxApi();
    await callApi(server, VIRTUAL_SERVICES, { body: virtualServiceNamed('patched') });
    await callApi(server, DEPLOYMENTS, { body: deployment });
  });
  afterAll(() => server.close());

  function patch(path: string, type: string, body: unknown): Promise<ApiAnswer> {
    const suffix = type === 'apply' ? 'yaml' : 'json';
    return callApi(server, path, {
      method: 'PATCH',
      body,
      headers: { 'content-type': `application/${type}-patch+${suffix}` },
    });
  }

  it('merges, and bumps the generation for spec only', async () => {
    const path = `${VIRTUAL_SERVICES}/patched`;
    const labelled = await patch(path, 'merge', { metadata: { labels: { a: 'b' } } });
    expect(labelled.json).toMatchObject({ metadata: { labels: { a: 'b' }, generation: 1 } });
    const changed = await patch(path, 'merge', { metadata: { labels: null }, spec: { hosts: ['x'] } });
    expect(changed.json).toMatchObject({ metadata: { generation: 2 }, spec: { hosts: ['x'] } });
    expect(changed.json['metadata']).not.toHaveProperty('labels');
  });

  it('leaves the resourceVersion alone when a patch changes nothing', async () => {
    const path = `${VIRTUAL_SERVICES}/patched`;
    const before = await callApi(server, path);
    const { json } = await patch(path, 'merge', { spec: before.json['spec'] });
    expect(json['metadata']).toEqual(before.json['metadata']);
  });

  it('obeys JSON patch, test included, and tells 400 from 422', async () => {
    const path = `${VIRTUAL_SERVICES}/patched`;
    const good = await patch(path, 'json', [{ op: 'add', path: '/metadata/annotations', value: { a: 'b' } }]);
    expect(good.json).toMatchObject({ metadata: { annotations: { a: 'b' } } });
    const failing = await patch(path, 'json', [{ op: 'test', path: '/spec/hosts/0', value: 'nope' }]);
    expect(failing).toMatchObject({ status: 422, json: { reason: 'Invalid' } });
    expect(await patch(path, 'json', { metadata: {} })).toMatchObject({
      status: 400,
      json: { message: 'json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp' },
    });
  });

  it('checks the resourceVersion a patch names', async () => {
    const stale = await patch(`${VIRTUAL_SERVICES}/patched`, 'merge', { metadata: { resourceVersion: '1' } });
    expect(stale).toMatchObject({ status: 409, json: { reason: 'Conflict' } });
  });

  it('merges built-in kinds strategically and answers 415 for custom ones', async () => {
    const spec = { template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } };
    const { json } = await patch(`${DEPLOYMENTS}/web`, 'strategic-merge', { spec });
    expect(json).toMatchObject({
      spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2' }, { name: 'log' }] } } },
    });
    const custom = await patch(`${VIRTUAL_SERVICES}/patched`, 'strategic-merge', { spec: {} });
    expect(custom).toMatchObject({ status: 415, json: { reason: 'UnsupportedMediaType' } });
  });

  it('refuses unknown fields that a patch would bring in', async () => {
    const path = `${VIRTUAL_SERVICES}/patched?fieldValidation=Strict`;
    const { status, json } = await patch(path, 'merge', { spec: { htpp: [] } });
    expect(status).toBe(422);
    expect(json['message']).toContain('strict decoding error: unknown field "spec.htpp"');
  });

  it('scales through /scale', async () => {
    const { json } = await patch(`${DEPLOYMENTS}/web/scale`, 'merge', { spec: { replicas: 5 } });
    expect(json).toMatchObject({ kind: 'Scale', spec: { replicas: 5 }, status: { selector: 'app=web' } });
    expect((await callApi(server, `${DEPLOYMENTS}/web`)).json).toMatchObject({ spec: { replicas: 5 } });
  });

  it('applies on the server side: creates, conflicts, and takes back what is no longer applied', async () => {
    const path = '/api/v1/namespaces/default/configmaps/applied';
    const configuration = (data: Record<string, string>) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'applied' },
      data,
    });
    const made = await patch(`${path}?fieldManager=one`, 'apply', configuration({ a: '1', b: '1' }));
    expect(made.status).toBe(201);
    const contested = await patch(`${path}?fieldManager=two`, 'apply', configuration({ a: '2' }));
    expect(contested).toMatchObject({
      status: 409,
      json: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "one" using v1: .data.a',
        details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.a' }] },
      },
    });
    expect((await patch(`${path}?fieldManager=two&force=true`, 'apply', configuration({ a: '2' }))).status).toBe(200);
    const left = await patch(`${path}?fieldManager=one`, 'apply', configuration({ c: '1' }));
    expect(left.json['data']).toEqual({ a: '2', c: '1' });
    const nameless = await patch(path, 'apply', configuration({}));
    expect(nameless.json['message']).toContain('fieldManager: Required value');
  });

  it('records in managedFields who wrote what last', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'tracked' }, data: { a: '1', b: '1' } };
    await callApi(server, `${path}?fieldManager=maker`, { body });
    const { json } = await patch(`${path}/tracked?fieldManager=editor`, 'merge', { data: { b: '2' } });
    const { managedFields } = json['metadata'] as { managedFields: Record<string, unknown>[] };
    expect(managedFields.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      ['maker', { 'f:data': { 'f:a': {} } }],
      ['editor', { 'f:data': { 'f:b': {} } }],
    ]);
  });
});

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          { name: 'web', image: 'web:1' },
          { name: 'log', image: 'log:1' },
        ],
      },
    },
  },
};
