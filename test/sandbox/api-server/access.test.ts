import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../../helpers/api-request.ts';
import { VIRTUAL_SERVICES, virtualServiceNamed } from '../../helpers/istio-objects.ts';
import { startSandboxApi } from '../../helpers/sandbox-api.ts';
import type { SandboxApi } from '../../helpers/sandbox-api.ts';

const RBAC = 'rbac.authorization.k8s.io';

describe('rights', () => {
  let server: SandboxApi;
  let robot: string;
  beforeAll(async () => {
    server = await startSandboxApi();
    const { store } = server;
    const meta = (name: string) => ({ name, namespace: 'default' });
    store.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta('robot') });
    store.create(`roles.${RBAC}`, {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: meta('editor'),
      rules: [
        { apiGroups: ['networking.istio.io'], resources: ['virtualservices'], verbs: ['get', 'list'] },
        {
          apiGroups: ['networking.istio.io'],
          resources: ['virtualservices'],
          resourceNames: ['mine'],
          verbs: ['update'],
        },
        { apiGroups: [''], resources: ['pods/proxy'], verbs: ['get'] },
      ],
    });
    store.create(`rolebindings.${RBAC}`, {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: meta('robots'),
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'editor' },
      subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'default' }],
    });
    const path = '/api/v1/namespaces/default/serviceaccounts/robot/token';
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
    const { json } = await callApi(server, path, { body });
    robot = (json['status'] as { token: string }).token;
  });
  afterAll(() => server.close());

  it.each([null, 'nonsense', 'a.b.c'])('answers 401 to the token %s', async (token) => {
    expect(await callApi(server, '/api/v1/pods', { token })).toMatchObject({
      status: 401,
      json: { kind: 'Status', reason: 'Unauthorized', code: 401 },
    });
  });

  it('gives a service account what its role allows in its namespace, and nothing elsewhere', async () => {
    expect((await callApi(server, VIRTUAL_SERVICES, { token: robot })).status).toBe(200);
    const everywhere = await callApi(server, '/apis/networking.istio.io/v1/virtualservices', { token: robot });
    expect(everywhere).toMatchObject({ status: 403, json: { reason: 'Forbidden' } });
    expect(everywhere.json['message']).toBe(
      'virtualservices.networking.istio.io is forbidden: User "system:serviceaccount:default:robot" cannot list ' +
        'resource "virtualservices" in API group "networking.istio.io" at the cluster scope',
    );
    const elsewhere = await callApi(server, VIRTUAL_SERVICES.replace('default', 'kube-system'), { token: robot });
    expect(elsewhere.json['message']).toContain('in the namespace "kube-system"');
    const creation = await callApi(server, VIRTUAL_SERVICES, { token: robot, body: virtualServiceNamed('x') });
    expect(creation.json['message']).toContain('cannot create resource "virtualservices"');
  });

  it('tells subresources from resources and named objects from others', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    const pod = await callApi(server, `${pods}/web`, { token: robot });
    expect(pod.json['message']).toBe(
      'pods "web" is forbidden: User "system:serviceaccount:default:robot" cannot get resource "pods" in API group "" ' +
        'in the namespace "default"',
    );
    expect((await callApi(server, `${pods}/web:80/proxy/`, { token: robot })).status).toBe(404);
    const put = (name: string) =>
      callApi(server, `${VIRTUAL_SERVICES}/${name}`, { token: robot, method: 'PUT', body: virtualServiceNamed(name) });
    expect((await put('mine')).status).toBe(404);
    expect((await put('theirs')).status).toBe(403);
  });

  it('answers an access review as it answers the request itself', async () => {
    const ask = async (resource: string, verb: string) => {
      const resourceAttributes = { namespace: 'default', group: 'networking.istio.io', resource, verb };
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      };
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const { status, json } = await callApi(server, path, { token: robot, body });
      expect(status).toBe(201);
      return (json['status'] as { allowed: boolean }).allowed;
    };
    for (const [resource, verb, allowed] of [
      ['virtualservices', 'list', true],
      ['virtualservices', 'delete', false],
      ['gateways', 'list', false],
    ] as const) {
      expect([resource, verb, await ask(resource, verb)]).toEqual([resource, verb, allowed]);
    }
  });

  it('lets the administrator act as somebody else, and nobody else', async () => {
    const as = { 'impersonate-user': 'system:serviceaccount:default:robot' };
    expect((await callApi(server, VIRTUAL_SERVICES, { headers: as })).status).toBe(200);
    expect((await callApi(server, '/api/v1/pods', { headers: as })).status).toBe(403);
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const jane = await callApi(server, path, {
      body,
      headers: { 'impersonate-user': 'jane', 'impersonate-group': 'ops' },
    });
    expect(jane.json['status']).toEqual({ userInfo: { username: 'jane', groups: ['ops', 'system:authenticated'] } });
    const masked = await callApi(server, '/api', { token: robot, headers: { 'impersonate-user': 'jane' } });
    expect(masked.json['message']).toContain('cannot impersonate resource "users"');
  });

  it('forgets the tokens of a service account that is gone', async () => {
    const { store } = server;
    const metadata = { name: 'brief', namespace: 'default' };
    store.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    const path = '/api/v1/namespaces/default/serviceaccounts/brief/token';
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' };
    const { token } = (await callApi(server, path, { body })).json['status'] as { token: string };
    expect((await callApi(server, '/api', { token })).status).toBe(200);
    store.remove('serviceaccounts', 'default', 'brief');
    expect((await callApi(server, '/api', { token })).status).toBe(401);
  });
});
