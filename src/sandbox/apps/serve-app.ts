import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { sendText } from './replies.ts';
import type { Handler } from './app.ts';

/** An application's listeners on loopback. */
export interface AppServer {
  /** Container port -> loopback port. */
  readonly ports: ReadonlyMap<number, number>;
  /** `reset` cuts every connection; `drain` lets answers under way finish. */
  close(how: 'reset' | 'drain'): Promise<void>;
}

/** Listens on one loopback port for each container port. */
export async function serveApp(handler: Handler, containerPorts: readonly number[]): Promise<AppServer> {
  const sockets = new Set<Socket>();
  const servers = containerPorts.map(() => listenerOf(handler, sockets));
  const loopbackPorts = await Promise.all(servers.map(listen));
  return {
    ports: new Map(containerPorts.map((port, index) => [port, loopbackPorts[index] ?? 0])),
    async close(how) {
      const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      if (how === 'reset') for (const socket of sockets) socket.resetAndDestroy();
      else for (const server of servers) server.closeIdleConnections();
      await Promise.all(closed);
    },
  };
}

function listenerOf(handler: Handler, sockets: Set<Socket>): Server {
  // The proxy in front decides how long a connection lives, so this side never closes an idle one.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    // Once it is closing, a connection goes when it falls idle; Node closes only those that are idle already.
    response.once('close', () => setImmediate(() => !server.listening && server.closeIdleConnections()));
    void answer(handler, request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return server;
}

async function answer(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await handler(request, response);
  } catch {
    if (response.headersSent || response.destroyed) response.destroy();
    else sendText(response, 500, 'Internal Server Error');
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
