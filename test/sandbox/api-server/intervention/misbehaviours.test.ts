import { afterEach, describe, expect, it } from 'vitest';
import type { Intervention, SeenRequest } from '../../../../src/sandbox/api-server/intervention/intervene.ts';
import { type Misbehaviour, parseMisbehaviour } from '../../../../src/sandbox/api-server/intervention/misbehaviour.ts';
import { callApi, openApiStream } from '../../../helpers/api-request.ts';
import { startSandboxApi, type SandboxApi } from '../../../helpers/sandbox-api.ts';
import { until } from '../../../helpers/until.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { key: 'value' } });

const running: SandboxApi[] = [];
afterEach(async () => {
  for (const api of running.splice(0)) await api.close();
});

describe('a request that the API server lets go wrong', () => {
  it.each([
    [401, 'Unauthorized', 'Unauthorized'],
    [403, 'Forbidden', 'configmaps "one" is forbidden: User "kubernetes-admin" cannot get resource "configmaps"'],
    [404, 'NotFound', 'configmaps "one" not found'],
    [409, 'Conflict', 'Operation cannot be fulfilled on configmaps "one"'],
    [410, 'Expired', 'too old resource version'],
    [422, 'Invalid', 'ConfigMap "one" is invalid: spec: Invalid value'],
    [429, 'TooManyRequests', 'the server has received too many requests'],
    [500, '', 'etcdserver: request timed out'],
    [503, 'ServiceUnavailable', 'the server is currently unable to handle the request'],
  ])('is refused with %i as Kubernetes words it', async (code, reason, beginning) => {
    const api = await started(() => ({ misbehaviour: parseMisbehaviour(String(code)) }));
    const answer = await callApi(api, `${MAPS}/one`);
    expect(answer.status).toBe(code);
    expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', reason, code });
    expect(String(answer.json['message'])).toContain(beginning);
    expect(answer.headers['retry-after']).toBe(code === 429 ? '1' : undefined);
  });

  it.each([
    ['reset', false],
    ['reset-after', true],
    ['500', false],
    ['500-after', true],
    ['cut', true],
  ])('with %s has taken effect: %s', async (text, tookEffect) => {
    const api = await started(onCreate(text));
    const answer = await callApi(api, MAPS, { body: map('one') }).catch((error: unknown) => error);
    const isSpoilt = answer instanceof Error || (answer as { status: number }).status === 500;
    expect(isSpoilt).toBe(true);
    expect(api.store.get('configmaps', 'default', 'one') !== undefined).toBe(tookEffect);
  });

  it('hangs for as long as the caller waits, before or after it took effect', async () => {
    const api = await started(({ verb, name }) =>
      verb === 'create' ? { misbehaviour: { kind: 'hang', afterEffect: name === 'done' } } : undefined,
    );
    const waiting = ['lost', 'done'].map((name) => callApi(api, MAPS, { body: map(name) }).catch(() => 'ended'));
    await until('the second took effect', () => api.store.get('configmaps', 'default', 'done') !== undefined);
    const still = await Promise.race([...waiting, callApi(api, `${MAPS}/done`).then(() => 'still')]);
    expect(still).toBe('still');
    expect(api.store.get('configmaps', 'default', 'lost')).toBeUndefined();
    await api.close();
    running.length = 0;
    expect(await Promise.all(waiting)).toEqual(['ended', 'ended']);
  });

  it('takes effect late, also when the caller has gone meanwhile', async () => {
    const api = await started(onCreate('slow=300'));
    const gone = callApi(api, MAPS, { body: map('one'), signal: AbortSignal.timeout(50) });
    await expect(gone).rejects.toThrow('aborted');
    expect(api.store.get('configmaps', 'default', 'one')).toBeUndefined();
    await until('it took effect', () => api.store.get('configmaps', 'default', 'one') !== undefined);
  });

  it('closes a watch in order, or cuts it in the middle of an event, or says that it is too old', async () => {
    const ways: Misbehaviour[] = [{ kind: 'close', ms: 50 }, { kind: 'cut' }, { kind: 'refuse', code: 410 }];
    const api = await started(({ verb, nth }) => {
      const misbehaviour = ways[nth - 1];
      return verb === 'watch' && misbehaviour ? { misbehaviour } : undefined;
    });
    await callApi(api, MAPS, { body: map('one') });
    const inOrder = await readWatch(api);
    expect(inOrder).toMatchObject({ ended: 'in order' });
    expect(JSON.parse(inOrder.text)).toMatchObject({ type: 'ADDED' });
    const cut = await readWatch(api);
    expect(cut.ended).toBe('cut');
    expect(cut.text).toMatch(/^\{"type":"ADDED".*[^\n]$/);
    expect(JSON.parse((await readWatch(api)).text)).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  });

  it('is answered by a server whose clock is an hour ahead', async () => {
    const api = await started(onCreate('skew=3600000'));
    const { headers } = await callApi(api, MAPS, { body: map('one') });
    const written = api.store.get('configmaps', 'default', 'one')?.metadata.creationTimestamp ?? '';
    for (const time of [headers.date ?? '', written]) {
      expect(Date.parse(time) - Date.now()).toBeGreaterThan(3_500_000);
    }
    await callApi(api, `${MAPS}/one`);
  });
});

describe('somebody who looks at each request', () => {
  it('sees what it is about, and the how manieth', async () => {
    const seen: SeenRequest[] = [];
    const api = await started((request) => void seen.push(request));
    await callApi(api, MAPS, { body: map('one'), headers: { 'user-agent': 'tester/1' } });
    await callApi(api, `${MAPS}/one`);
    await callApi(api, `${MAPS}/one`);
    await callApi(api, '/version');
    const of = { resource: 'configmaps', namespace: 'default', name: 'one' };
    expect(seen).toMatchObject([
      { ...of, verb: 'create', nth: 1, userAgent: 'tester/1' },
      { ...of, verb: 'get', nth: 1 },
      { ...of, verb: 'get', nth: 2 },
      { verb: 'get', resource: '', path: '/version', nth: 1 },
    ]);
  });

  it('is waited for before the request is handled, and after it took effect before the answer leaves', async () => {
    const order: string[] = [];
    const api: SandboxApi = await started(async ({ verb }) => {
      if (verb !== 'create') return undefined;
      await callApi(api, '/version');
      order.push(`before: ${api.store.get('configmaps', 'default', 'one') ? 'there' : 'not there'}`);
      return {
        answered: async (code) => {
          await callApi(api, '/version');
          order.push(`${code}: ${api.store.get('configmaps', 'default', 'one') ? 'there' : 'not there'}`);
        },
      };
    });
    await callApi(api, MAPS, { body: map('one') });
    order.push('answered');
    expect(order).toEqual(['before: not there', '201: there', 'answered']);
  });
});

async function started(
  intervene: (seen: SeenRequest) => Intervention | undefined | Promise<Intervention | undefined>,
): Promise<SandboxApi> {
  const api = await startSandboxApi({ intervene });
  running.push(api);
  return api;
}

function onCreate(text: string) {
  return ({ verb }: SeenRequest) => (verb === 'create' ? { misbehaviour: parseMisbehaviour(text) } : undefined);
}

async function readWatch(api: SandboxApi): Promise<{ readonly text: string; readonly ended: 'in order' | 'cut' }> {
  const stream = await openApiStream(api, `${MAPS}?watch=1&fieldSelector=metadata.name=one`);
  let text = '';
  try {
    for await (const chunk of stream) text += String(chunk);
    return { text, ended: 'in order' };
  } catch {
    return { text, ended: 'cut' };
  }
}
