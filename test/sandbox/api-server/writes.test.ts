import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdmissionAnswer } from '../../../src/sandbox/api-server/backend.ts';
import { callApi } from '../../helpers/api-request.ts';
import { VIRTUAL_SERVICES, virtualServiceNamed } from '../../helpers/istio-objects.ts';
import { startSandboxApi } from '../../helpers/sandbox-api.ts';
import type { SandboxApi } from '../../helpers/sandbox-api.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describe('writing objects', () => {
  let server: SandboxApi;
  let verdict: AdmissionAnswer = { warnings: [] };
  beforeAll(async () => {
    server = await startSandboxApi({ admission: () => verdict });
  });
  afterAll(() => server.close());

  const post = (body: unknown, path = VIRTUAL_SERVICES) => callApi(server, path, { body });
  const put = (name: string, body: unknown) => callApi(server, `${VIRTUAL_SERVICES}/${name}`, { method: 'PUT', body });

  it('creates an object once: 201, then 409 AlreadyExists', async () => {
    expect(await post(virtualServiceNamed('once'))).toMatchObject({
      status: 201,
      json: { metadata: { generation: 1 } },
    });
    const again = await post(virtualServiceNamed('once'));
    expect(again).toMatchObject({
      status: 409,
      json: {
        kind: 'Status',
        reason: 'AlreadyExists',
        message: 'virtualservices.networking.istio.io "once" already exists',
        details: { name: 'once', group: 'networking.istio.io', kind: 'virtualservices' },
      },
    });
  });

  it('takes a null in an object of a built-in kind for an absent field, in lists too', async () => {
    const ports = [{ name: 'http', port: 80, nodePort: null }];
    const service = { metadata: { name: 'entrance' }, spec: { type: 'ClusterIP', ports, selector: null } };
    const { status, json } = await post(service, '/api/v1/namespaces/default/services');
    expect(status).toBe(201);
    expect(JSON.stringify(json)).not.toContain('null');
  });

  it('refuses a PUT from a stale copy, and a PUT of a custom resource that names no version', async () => {
    const { json: first } = await post(virtualServiceNamed('stale'));
    const changed = { ...first, spec: { hosts: ['changed'] } };
    expect(await put('stale', changed)).toMatchObject({ status: 200, json: { metadata: { generation: 2 } } });
    expect(await put('stale', changed)).toMatchObject({
      status: 409,
      json: {
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on virtualservices.networking.istio.io "stale": the object has been modified; ' +
          'please apply your changes to the latest version and try again',
      },
    });
    const blind = await put('stale', virtualServiceNamed('stale'));
    expect(blind.json['message']).toBe(
      'VirtualService.networking.istio.io "stale" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    );
    expect(blind.status).toBe(422);
  });

  it('reads and writes the one stored object through each served version', async () => {
    const old = '/apis/networking.istio.io/v1alpha3/namespaces/default/virtualservices';
    const body = { ...virtualServiceNamed('versions'), apiVersion: 'networking.istio.io/v1alpha3' };
    expect((await post(body, old)).json['apiVersion']).toBe('networking.istio.io/v1alpha3');
    const { json } = await callApi(server, `${VIRTUAL_SERVICES}/versions`);
    expect(json).toMatchObject({ apiVersion: 'networking.istio.io/v1', spec: { hosts: ['versions'] } });
    const wrong = await post(body);
    expect(wrong.json['message']).toBe(
      'the API version in the data (networking.istio.io/v1alpha3) does not match the expected API version (networking.istio.io/v1)',
    );
  });

  it('refuses unknown fields under fieldValidation=Strict, warns of them by default, and never keeps them', async () => {
    const http = [{ timeuot: '1s', fault: { delay: { fixedDelayy: '7s' } } }];
    const body = { ...virtualServiceNamed('strict'), spec: { hosts: ['strict'], http } };
    const strict = await post(body, `${VIRTUAL_SERVICES}?fieldValidation=Strict`);
    expect(strict).toMatchObject({ status: 400, json: { reason: 'BadRequest' } });
    expect(strict.json['message']).toBe(
      'VirtualService in version "v1" cannot be handled as a VirtualService: strict decoding error: ' +
        'unknown field "spec.http[0].timeuot", unknown field "spec.http[0].fault.delay.fixedDelayy"',
    );
    const warned = await post(body);
    expect(warned.headers['warning']).toContain('299 - "unknown field \\"spec.http[0].timeuot\\""');
    expect(warned.json['spec']).toEqual({ hosts: ['strict'], http: [{ fault: { delay: {} } }] });
  });

  it('writes nothing under dryRun=All but answers as if it had', async () => {
    const dry = await post(virtualServiceNamed('dry'), `${VIRTUAL_SERVICES}?dryRun=All`);
    expect(dry).toMatchObject({ status: 201, json: { metadata: { name: 'dry' } } });
    expect((await callApi(server, `${VIRTUAL_SERVICES}/dry`)).status).toBe(404);
    await post(virtualServiceNamed('dry'));
    const deletion = { method: 'DELETE', body: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] } };
    expect((await callApi(server, `${VIRTUAL_SERVICES}/dry`, deletion)).status).toBe(200);
    expect((await callApi(server, `${VIRTUAL_SERVICES}/dry`)).status).toBe(200);
  });

  it('refuses names, labels and annotations that Kubernetes refuses', async () => {
    const badName = await post(virtualServiceNamed('Bad_Name'));
    expect(badName).toMatchObject({ status: 422, json: { reason: 'Invalid' } });
    expect(badName.json['message']).toContain(
      'metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain',
    );
    const badLabel = await post(virtualServiceNamed('x', { labels: { run: 'a b' } }));
    expect(badLabel.json['message']).toContain('metadata.labels: Invalid value: "a b": a valid label must be');
    const huge = await post(virtualServiceNamed('x', { annotations: { a: 'x'.repeat(300_000) } }));
    expect(huge.json['message']).toContain('metadata.annotations: Too long: may not be more than 262144 bytes');
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'x'.repeat(4_000_000) } };
    expect((await post(body, CONFIG_MAPS)).status).toBe(413);
  });

  it('refuses what does not fit its path: namespace, name, kind, a namespace that is not there', async () => {
    const elsewhere = await post(virtualServiceNamed('x', { namespace: 'other' }));
    expect(elsewhere.json['message']).toBe(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
    const renamed = await put('a', virtualServiceNamed('b'));
    expect(renamed.json['message']).toBe('the name of the object (b) does not match the name on the URL (a)');
    expect((await post({ ...virtualServiceNamed('x'), kind: 'Gateway' })).status).toBe(400);
    const missing = await post(
      virtualServiceNamed('x', { namespace: 'nope' }),
      VIRTUAL_SERVICES.replace('default', 'nope'),
    );
    expect(missing).toMatchObject({ status: 404, json: { message: 'namespaces "nope" not found' } });
    expect((await post('{', VIRTUAL_SERVICES)).status).toBe(400);
    expect((await post(virtualServiceNamed('x'), VIRTUAL_SERVICES.replace('/namespaces/default', ''))).status).toBe(
      405,
    );
  });

  it('keeps status to its own path and everything else off it', async () => {
    const { json } = await post({ ...virtualServiceNamed('status'), status: { forged: true } });
    expect(json['status']).toBeUndefined();
    const body = { ...json, spec: { hosts: ['ignored'] }, status: { observedGeneration: 1 } };
    const path = `${VIRTUAL_SERVICES}/status/status`;
    const written = await callApi(server, path, { method: 'PUT', body });
    expect(written.json).toMatchObject({
      spec: json['spec'],
      status: { observedGeneration: 1 },
      metadata: { generation: 1 },
    });
  });

  it('denies and warns as the admission hook says', async () => {
    verdict = {
      denied: { code: 400, reason: 'BadRequest', message: 'admission webhook "x" denied the request: no' },
      warnings: [],
    };
    expect(await post(virtualServiceNamed('denied'))).toMatchObject({
      status: 400,
      json: { message: verdict.denied?.message },
    });
    verdict = { warnings: ['this may not do what you think: "quoted"'] };
    const warned = await post(virtualServiceNamed('warned'));
    expect(warned.headers['warning']).toBe('299 - "this may not do what you think: \\"quoted\\""');
    verdict = { warnings: [] };
  });

  it('removes under preconditions, and answers with the uid that went', async () => {
    const { json } = await post(virtualServiceNamed('removed'));
    const { uid } = json['metadata'] as { uid: string };
    const path = `${VIRTUAL_SERVICES}/removed`;
    const wrong = await callApi(server, path, { method: 'DELETE', body: { preconditions: { uid: 'another' } } });
    expect(wrong).toMatchObject({ status: 409, json: { reason: 'Conflict' } });
    const right = await callApi(server, path, { method: 'DELETE', body: { preconditions: { uid } } });
    expect(right.json).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'removed', uid } });
    expect((await callApi(server, path)).json['message']).toBe(
      'virtualservices.networking.istio.io "removed" not found',
    );
  });

  it('fills in what Kubernetes fills in', async () => {
    const spec = { selector: { app: 'x' }, ports: [{ port: 80 }] };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'svc' }, spec };
    const made = await post(service, '/api/v1/namespaces/default/services');
    expect(made.json['spec']).toMatchObject({
      type: 'ClusterIP',
      clusterIP: expect.stringMatching(/^10\.96\.\d+\.\d+$/) as string,
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { password: 'hunter2' } };
    const stored = await post(secret, '/api/v1/namespaces/default/secrets');
    expect(stored.json).toMatchObject({
      type: 'Opaque',
      data: { password: Buffer.from('hunter2').toString('base64') },
    });
    expect(stored.json['stringData']).toBeUndefined();
  });

  it('lists in pieces that together are everything', async () => {
    for (const name of ['piece-a', 'piece-b', 'piece-c']) {
      await post({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { piece: 'yes' } } }, CONFIG_MAPS);
    }
    const first = await callApi(server, `${CONFIG_MAPS}?labelSelector=piece&limit=2`);
    expect(first.json).toMatchObject({ items: [{}, {}], metadata: { remainingItemCount: 1 } });
    const { continue: token } = first.json['metadata'] as { continue: string };
    const rest = await callApi(server, `${CONFIG_MAPS}?labelSelector=piece&limit=2&continue=${token}`);
    expect(rest.json['items']).toMatchObject([{ metadata: { name: 'piece-c' } }]);
    expect((await callApi(server, `${CONFIG_MAPS}?continue=nonsense`)).status).toBe(400);
  });
});
