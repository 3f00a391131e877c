import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { probing } from '../../helpers/probing.ts';
import { serveHttp, serveHttps, type TestServer } from '../../helpers/test-server.ts';
import { createThrowawayCa } from '../../helpers/throwaway-ca.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function against(server: TestServer) {
  const client = probing(server.port, { scheme: 'https' });
  closing.push(server.close, client.close);
  return client;
}

describe('TLS', () => {
  it('sends the ingress host as SNI and Host, and accepts any certificate only when asked', async () => {
    const names: string[] = [];
    const server = await serveHttps(await (await createThrowawayCa()).server(['shop.test']), (request, response) => {
      const { servername } = request.socket as TLSSocket & { servername: string };
      names.push(`${servername} ${request.headers.host}`);
      response.end();
    });
    const client = against(server);
    const refused = await client.once();
    expect(refused).toMatchObject({ error: 'tls' });
    expect(refused.errorDetail).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    const accepted = await client.once({ insecure: true });
    expect(accepted).toMatchObject({ status: 200 });
    expect(accepted.timings?.tls).toBeGreaterThan(0);
    expect(names).toEqual(['shop.test shop.test']);
  });

  it('says tls when the server speaks plain HTTP', async () => {
    const server = await serveHttp((_, response) => response.end());
    expect(await against(server).once()).toMatchObject({ error: 'tls' });
  });
});
