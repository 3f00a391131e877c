import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callApi, type ApiAnswer } from '../../../helpers/api-request.ts';
import { startSandboxApi, type SandboxApi } from '../../../helpers/sandbox-api.ts';

const RULES = '/api/v1/namespaces/kube-system/configmaps';
const MAPS = '/api/v1/namespaces/default/configmaps';

describe('rules in the ConfigMap holdfast-sandbox-api', () => {
  let api: SandboxApi;
  beforeAll(async () => {
    api = await startSandboxApi();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    await callApi(api, `${RULES}/holdfast-sandbox-api`, { method: 'DELETE' });
  });

  it('hit the requests that they name, after some and as often as they say', async () => {
    await set({ rule: '503 verb=list resource=configmaps namespace=default after=1 count=2' });
    expect(await statuses(MAPS, 4)).toEqual([200, 503, 503, 200]);
    expect(await statuses('/api/v1/namespaces/default/secrets', 2)).toEqual([200, 200]);
  });

  it('hit only the named object, subresource, path or user agent', async () => {
    await set({ a: '403 name=this', b: '404 resource=pods/log', c: '500 path=/version', d: '422 agent=tester' });
    expect((await callApi(api, `${MAPS}/this`)).status).toBe(403);
    expect((await callApi(api, `${MAPS}/that`)).json['message']).toBe('configmaps "that" not found');
    expect((await callApi(api, '/version')).status).toBe(500);
    expect((await callApi(api, '/api')).status).toBe(200);
    expect((await callApi(api, MAPS, { headers: { 'user-agent': 'tester/2' } })).status).toBe(422);
    expect((await callApi(api, MAPS, { headers: { 'user-agent': 'other/2' } })).status).toBe(200);
  });

  it('never hit the requests that set them and take them away', async () => {
    await set({ everything: '500' });
    expect((await callApi(api, MAPS)).status).toBe(500);
    expect((await callApi(api, `${RULES}/holdfast-sandbox-api`)).status).toBe(200);
    expect((await callApi(api, RULES)).status).toBe(200);
    expect((await callApi(api, '/api')).status).toBe(200);
    expect((await callApi(api, `${RULES}/holdfast-sandbox-api`, { method: 'DELETE' })).status).toBe(200);
    expect((await callApi(api, MAPS)).status).toBe(200);
  });

  it.each([
    ['oops', '"oops" is no misbehaviour; there are 401, 403'],
    ['slow', '"slow" is no misbehaviour'],
    ['cut-after', '"cut-after" is no misbehaviour'],
    ['503 verb=put', '"put" is no verb; there are get, list'],
    ['503 of=all', '"of=all" is not understood; write KEY=VALUE with verb, resource'],
    ['503 name=', '"name" has no value'],
    ['503 count=two', 'count must be a whole number, got "two"'],
    ['503 name=a name=b', '"name" is given twice'],
  ])('are refused when they cannot be read: %s', async (text, why) => {
    const answer = await set({ good: '503 name=nothing', bad: text });
    expect(answer.status).toBe(422);
    expect(answer.json['message']).toContain(`ConfigMap "holdfast-sandbox-api" is invalid: data.bad: ${why}`);
  });

  function set(data: Readonly<Record<string, string>>): Promise<ApiAnswer> {
    const metadata = { name: 'holdfast-sandbox-api' };
    return callApi(api, RULES, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } });
  }

  async function statuses(path: string, times: number): Promise<number[]> {
    const all: number[] = [];
    for (let n = 0; n < times; n += 1) all.push((await callApi(api, path)).status);
    return all;
  }
});
