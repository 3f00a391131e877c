import type { IncomingMessage } from 'node:http';
import { spelled } from './planted.ts';
import { serveHttp, type TestServer } from './test-server.ts';

/**
 * An application that tells everything it was sent, in every form, sets a session cookie and hands out a token: what a
 * debug page of a careless application does.
 */
export async function serveEcho(planted: { readonly cookie: string; readonly token: string }): Promise<TestServer> {
  return serveHttp((request, response) => {
    void readAll(request).then((body) => {
      response.setHeader('set-cookie', [`session=${planted.cookie}; Path=/; HttpOnly`]);
      response.setHeader('x-api-key', planted.token);
      const said = [request.url ?? '', ...Object.values(request.headers).map(String), body, planted.cookie];
      const parts = said.flatMap((text) => Object.values(spelled(text)));
      const token = JSON.stringify({ access_token: planted.token, nested: JSON.stringify({ token: planted.token }) });
      // So that the edge of an excerpt falls everywhere.
      response.end(`${token}\n${parts.join(request.url?.includes('wrapped') ? '\r\n   ' : ' ')}`);
    });
  });
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
