import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../../helpers/api-request.ts';
import { startSandboxApi } from '../../helpers/sandbox-api.ts';
import type { SandboxApi } from '../../helpers/sandbox-api.ts';

describe('discovery', () => {
  let server: SandboxApi;
  beforeAll(async () => {
    server = await startSandboxApi();
  });
  afterAll(() => server.close());

  it('names v1 as the preferred of the three versions of Istio’s networking group', async () => {
    const { json } = await callApi(server, '/apis/networking.istio.io');
    expect(json).toMatchObject({
      kind: 'APIGroup',
      preferredVersion: { groupVersion: 'networking.istio.io/v1' },
      versions: [{ version: 'v1' }, { version: 'v1beta1' }, { version: 'v1alpha3' }],
    });
  });

  it.each(['v2', 'v2beta1'])('answers aggregated discovery in the version asked for: %s', async (version) => {
    const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    const { json, headers } = await callApi(server, '/api', { headers: { accept: `${type},application/json` } });
    expect(headers['content-type']).toBe(type);
    const [core] = json['items'] as { versions: { resources: { resource: string; subresources: unknown[] }[] }[] }[];
    const pods = core?.versions[0]?.resources.find((each) => each.resource === 'pods');
    expect(pods?.subresources).toContainEqual({
      subresource: 'eviction',
      responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
      verbs: ['create'],
    });
  });

  it('lists the same resources in the legacy form', async () => {
    const core = await callApi(server, '/api/v1');
    expect(core.json['resources']).toContainEqual(
      expect.objectContaining({ name: 'pods', kind: 'Pod', shortNames: ['po'], namespaced: true }),
    );
    const apps = await callApi(server, '/apis/apps/v1');
    expect(apps.json['resources']).toContainEqual(
      expect.objectContaining({ name: 'deployments/scale', kind: 'Scale', group: 'autoscaling' }),
    );
    expect((await callApi(server, '/apis')).json['kind']).toBe('APIGroupList');
  });

  it('answers 404 for groups, versions, kinds and paths it does not serve', async () => {
    for (const path of ['/apis/nope.io/v1', '/apis/apps/v1beta1', '/apis/apps/v1/nopes', '/nope', '/api/v1/pods/x']) {
      const { status, json } = await callApi(server, path);
      expect([path, status, json['reason']]).toEqual([path, 404, 'NotFound']);
    }
  });

  it('gives an empty OpenAPI v2 and a v3 that says fields are validated', async () => {
    const v2 = await callApi(server, '/openapi/v2');
    expect([v2.status, v2.text]).toEqual([200, '']);
    const index = await callApi(server, '/openapi/v3');
    const path = 'apis/networking.istio.io/v1';
    expect(index.json).toMatchObject({ paths: { [path]: { serverRelativeURL: `/openapi/v3/${path}` } } });
    const { json } = await callApi(server, `/openapi/v3/${path}`);
    const collection = `/${path}/namespaces/{namespace}/virtualservices`;
    const { paths } = json as { paths: Record<string, { post: { parameters: unknown[] } }> };
    expect(paths[collection]?.post.parameters).toContainEqual(expect.objectContaining({ name: 'fieldValidation' }));
  });

  it('lists the custom kinds as CustomResourceDefinitions', async () => {
    const { json } = await callApi(server, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
    const names = (json['items'] as { metadata: { name: string } }[]).map((item) => item.metadata.name);
    expect(names).toContain('virtualservices.networking.istio.io');
  });

  it('serves the kind of a definition that a user creates, with its columns, until it is deleted', async () => {
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const version = {
      name: 'v1',
      served: true,
      storage: true,
      additionalPrinterColumns: [{ name: 'Colour', type: 'string', jsonPath: '.spec.colour' }],
    };
    const spec = {
      group: 'toys.example',
      names: { kind: 'Kite', plural: 'kites' },
      scope: 'Namespaced',
      versions: [version],
    };
    const body = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'kites.toys.example' },
      spec,
    };
    expect((await callApi(server, definitions, { body })).status).toBe(201);
    const kites = '/apis/toys.example/v1/namespaces/default/kites';
    const kite = { apiVersion: 'toys.example/v1', kind: 'Kite', metadata: { name: 'k' }, spec: { colour: 'red' } };
    expect((await callApi(server, kites, { body: kite })).status).toBe(201);
    const table = await callApi(server, kites, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
    expect(table.json['rows']).toMatchObject([{ cells: ['k', 'red'] }]);
    await callApi(server, `${definitions}/kites.toys.example`, { method: 'DELETE' });
    expect((await callApi(server, kites)).status).toBe(404);
  });
});
