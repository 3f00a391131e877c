import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import net from 'node:net';

export interface TestServer {
  readonly port: number;
  close(): Promise<void>;
}

/** An HTTP server on a free loopback port; closing it cuts every connection. */
export function serveHttp(handler: http.RequestListener, options: http.ServerOptions = {}): Promise<TestServer> {
  return listen(http.createServer(options, handler));
}

export function serveHttps(options: https.ServerOptions, handler: http.RequestListener): Promise<TestServer> {
  return listen(https.createServer(options, handler));
}

/** A server that speaks whatever the handler writes. */
export function serveTcp(handler: (socket: Socket) => void): Promise<TestServer> {
  return listen(net.createServer(handler));
}

/** A loopback port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = await listen(net.createServer());
  await server.close();
  return server.port;
}

async function listen(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
