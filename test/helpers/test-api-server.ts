import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createThrowawayCa, type ThrowawayCa } from './throwaway-ca.ts';

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  /** Ports of the client's sockets tell connections apart. */
  readonly clientPort: number;
  readonly clientCertificateUser: string | undefined;
}

export type Reply =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    }
  | 'reset'
  | 'hang'
  | ((response: ServerResponse) => void);

export interface TestApiServer {
  readonly url: string;
  readonly ca: ThrowawayCa;
  readonly seen: readonly SeenRequest[];
  /** A folder for kubeconfigs, removed with the server. */
  readonly folder: string;
  /** Writes a kubeconfig with context `test`; `user` and `cluster` are the fields of the file. */
  kubeconfig(user?: object, cluster?: object): string;
  close(): Promise<void>;
}

/** A real HTTPS server whose answers the test scripts, one by one: what an API server and the network can do to us. */
export async function startTestApiServer(
  reply: (request: SeenRequest, n: number) => Reply,
  options: { readonly names?: readonly string[]; readonly days?: number; readonly tls?: ServerOptions } = {},
): Promise<TestApiServer> {
  const ca = await createThrowawayCa();
  const identity = await ca.server(options.names ?? ['127.0.0.1', 'localhost'], options.days);
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(
    { ...identity, ca: ca.cert, requestCert: true, rejectUnauthorized: false, ...options.tls },
    (request, response) => {
      void readRequest(request).then((incoming) => {
        seen.push(incoming);
        answer(response, reply(incoming, seen.length));
      });
    },
  );
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  return {
    url,
    ca,
    seen,
    folder,
    kubeconfig(user = {}, cluster = {}) {
      const file = join(folder, 'kubeconfig');
      const data = { 'certificate-authority-data': Buffer.from(ca.cert).toString('base64') };
      writeFileSync(file, kubeconfigText({ server: url, ...data, ...cluster }, user));
      return file;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function kubeconfigText(cluster: object, user: object): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'tester' } }],
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'tester', user }],
  });
}

async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  request.setEncoding('utf8');
  const text = (await request.toArray()).join('');
  const socket = request.socket as Socket & { getPeerCertificate?: () => { subject?: { CN?: string } } };
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
    clientPort: socket.remotePort ?? 0,
    clientCertificateUser: socket.getPeerCertificate?.().subject?.CN,
  };
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return;
  if (reply === 'reset') {
    response.socket?.destroy();
    return;
  }
  if (typeof reply === 'function') return reply(response);
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers } as OutgoingHttpHeaders);
  response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
}
