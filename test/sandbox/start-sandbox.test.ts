import { afterEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/sandbox/workloads/kinds.ts';
import { MARKS, productpage } from '../helpers/bookinfo-world.ts';
import { startTestSandbox } from '../helpers/start-sandbox.ts';
import type { TestSandbox } from '../helpers/start-sandbox.ts';
import { httpGet } from '../helpers/http-get.ts';

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

  it('has no applications in the empty scenario', async () => {
    sandbox = await startTestSandbox({ scenario: 'empty' });

    expect(sandbox.store.list('pods', 'default')).toEqual([]);
    expect(sandbox.store.list('pods', 'istio-system')).toHaveLength(2);
  });
});
