import { afterEach, describe, expect, it } from 'vitest';
import type { Deployment, Pod } from '../../src/sandbox/workloads/kinds.ts';
import { callApi } from '../helpers/api-request.ts';
import { MARKS, productpage } from '../helpers/bookinfo-world.ts';
import { startTestSandbox } from '../helpers/start-sandbox.ts';
import type { TestSandbox } from '../helpers/start-sandbox.ts';
import { httpGet } from '../helpers/http-get.ts';
import { until } from '../helpers/until.ts';

let sandbox: TestSandbox | undefined;
afterEach(() => sandbox?.close());

describe('a sandbox that is up', () => {
  it('shows jason his stars and everybody else none, from the first page on', async () => {
    sandbox = await startTestSandbox();
    const [jason, anonymous] = await Promise.all([productpage(sandbox, 'jason'), productpage(sandbox)]);

    expect(jason.body).toContain(MARKS.starsV2);
    expect(anonymous.body).toContain('Reviewer1');
    expect(anonymous.body).not.toContain('glyphicon-star');
    for (const { body } of [jason, anonymous]) expect(body).not.toMatch(/Error fetching|currently unavailable/);
  });

  it('lets only the routes of the gateway in', async () => {
    sandbox = await startTestSandbox();

    expect(await httpGet(`${sandbox.ingressUrl}/health`)).toMatchObject({ status: 404, body: '' });
    expect((await httpGet(`${sandbox.ingressUrl}/static/bookinfo.css`)).status).toBe(200);
  });

  it('answers for the readiness and the metrics of its gateway', async () => {
    sandbox = await startTestSandbox();
    const [gateway] = sandbox.store
      .list('pods', 'istio-system')
      .filter(({ metadata }) => metadata.labels?.['istio'] === 'ingressgateway') as Pod[];
    const url = (port: number) => `http://127.0.0.1:${sandbox?.network.lookup(gateway?.status?.podIP ?? '', port)}`;

    expect((await httpGet(`${url(15021)}/healthz/ready`)).status).toBe(200);
    expect((await httpGet(`${url(15020)}/stats/prometheus`)).body).toContain('istio_requests_total{');
  });

  it('scales by its API without rolling out anything', async () => {
    const { api, store } = (sandbox = await startTestSandbox());
    const path = '/apis/apps/v1/namespaces/default/deployments/details-v1';
    const { json } = await callApi(api, path);
    const spec = { ...(json['spec'] as Deployment['spec']), replicas: 2 };
    await callApi(api, path, { method: 'PUT', body: { ...json, spec } });
    await until('two replicas', () => {
      const { status } = store.get('deployments.apps', 'default', 'details-v1') as Deployment;
      return status?.readyReplicas === 2;
    });

    const sets = store
      .list('replicasets.apps', 'default')
      .filter(({ metadata }) => metadata.labels?.['app'] === 'details');
    expect(sets).toHaveLength(1);
  });

  it("refuses in its API what Istio's webhook refuses", async () => {
    const { api } = (sandbox = await startTestSandbox());
    const path = '/apis/networking.istio.io/v1/namespaces/default/virtualservices/ratings';
    const fault = { abort: { httpStatus: 700, percentage: { value: 100 } } };
    const { json } = await callApi(api, path);
    const spec = { hosts: ['ratings'], http: [{ fault, route: [{ destination: { host: 'ratings' } }] }] };
    const answer = await callApi(api, path, { method: 'PUT', body: { ...json, spec } });

    expect(answer.status).toBe(400);
    expect(answer.json['message']).toContain('HTTP status 700 is not in range 200-599');
  });

  it('has no applications in the empty scenario', async () => {
    sandbox = await startTestSandbox({ scenario: 'empty' });

    expect(sandbox.store.list('pods', 'default')).toEqual([]);
    expect(sandbox.store.list('pods', 'istio-system')).toHaveLength(2);
  });
});
