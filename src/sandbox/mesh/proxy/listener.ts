import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A server on a loopback port of its own. */
export interface Listener {
  readonly port: number;
  /** `reset` destroys every connection with a TCP reset; `drain` lets requests under way finish. */
  close(how: 'reset' | 'drain'): Promise<void>;
}

export interface ListenerOptions {
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void;
  /** Asked on each new connection; one that is not wanted is reset, as where nothing listens. */
  readonly wanted?: () => boolean;
}

/** Clients' idle connections are kept this long; Envoy's own default is an hour. */
const IDLE_MS = 3_600_000;

export async function listen({ serve, wanted = () => true }: ListenerOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  let draining = false;
  const server = createServer(
    { keepAliveTimeout: IDLE_MS, requestTimeout: 0, headersTimeout: 0 },
    (request, response) => {
      if (draining) response.shouldKeepAlive = false;
      // What ends while draining leaves a connection without work, which nobody else would close.
      response.once('close', () => draining && setImmediate(() => server.closeIdleConnections()));
      serve(request, response);
    },
  );
  server.on('connection', (socket) => {
    if (!wanted()) {
      socket.resetAndDestroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    close: async (how) => {
      draining = true;
      if (server.listening) server.close();
      server.closeIdleConnections();
      if (how === 'reset') for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
  };
}
