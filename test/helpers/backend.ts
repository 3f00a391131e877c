import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A small HTTP server that remembers what it was asked. */
export interface Backend {
  readonly port: number;
  readonly received: ReceivedRequest[];
  /** How it answers; replaced by tests. */
  answer: (request: ReceivedRequest, response: ServerResponse) => void;
  /** Resets every connection and stops listening. */
  kill(): Promise<void>;
}

export async function startBackend(text: string): Promise<Backend> {
  const received: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const backend = { answer: (_request: ReceivedRequest, response: ServerResponse) => void response.end(text) };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
      received.push(seen);
      backend.answer(seen, response);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(backend, {
    port: (server.address() as AddressInfo).port,
    received,
    kill: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
  });
}
