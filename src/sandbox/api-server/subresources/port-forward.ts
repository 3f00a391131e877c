import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import { ApiError, badRequest, notFound } from '../api-error.ts';
import type { Backend } from '../backend.ts';
import { isDealtWith, type Answering } from '../intervention/answer.ts';
import { authorize } from '../access/authorize.ts';
import { statusObject } from '../http.ts';
import { refusalOf } from '../intervention/refusal.ts';
import { readRequest } from '../request.ts';
import { nothingServed, parseRoute } from '../route.ts';
import { listenerOf } from './pod-address.ts';
import { needsProcess, noProcesses } from './processes.ts';

const PROTOCOL = 'v4.channel.k8s.io';

const upgrader = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
});

interface Forward {
  readonly port: number;
  readonly loopback: number;
}

/**
 * WebSocket port-forward in the channel protocol: per port a data channel (2n) and an error channel (2n+1), each opened
 * by the port as two little-endian bytes. kubectl's SPDY variant is not spoken.
 */
export async function servePortForward(
  answering: Answering,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { backend } = answering;
  socket.on('error', () => socket.destroy());
  try {
    if (await goesWrong(answering, request)) return;
    const forwards = forwardsOf(backend, request);
    upgrader.handleUpgrade(request, socket, head, (client) => forwardAll(client, forwards));
  } catch (error) {
    refuse(socket, error instanceof ApiError ? error : badRequest(String(error)));
  }
}

/** What can happen to the request itself; nothing goes wrong with a tunnel once it stands. */
async function goesWrong(answering: Answering, raw: IncomingMessage): Promise<boolean> {
  const { backend, watchman } = answering;
  const known = await watchman.know(backend, readRequest(backend, raw));
  const misbehaviour = (await watchman.ask(known))?.misbehaviour;
  if (misbehaviour?.kind === 'refuse') throw refusalOf(known, misbehaviour.code);
  return misbehaviour !== undefined && isDealtWith(misbehaviour, answering, raw);
}

function forwardsOf(backend: Backend, raw: IncomingMessage): Forward[] {
  const request = readRequest(backend, raw);
  const route = parseRoute(backend.catalogue, request.path);
  if (route?.kind.plural === 'pods' && needsProcess(route.subresource)) throw noProcesses(route.subresource);
  if (route?.kind.plural !== 'pods' || route.subresource !== 'portforward') throw nothingServed();
  authorize(backend, request, route, 'create');
  if (!(raw.headers['sec-websocket-protocol'] ?? '').includes(PROTOCOL)) {
    throw badRequest(`the sandbox forwards ports over WebSocket as ${PROTOCOL} only`);
  }
  const pod = backend.store.get('pods', route.namespace, route.name ?? '');
  if (!pod) throw notFound('pods', route.name ?? '');
  const ports = request.query
    .getAll('ports')
    .flatMap((each) => each.split(','))
    .map(Number);
  if (ports.length === 0 || ports.some((port) => !Number.isInteger(port)))
    throw badRequest('query parameter "ports" is required');
  return ports.map((port) => listenerOf(backend.network, pod, port));
}

function forwardAll(client: WebSocket, forwards: readonly Forward[]): void {
  const sockets = forwards.map((forward, index) => forwardOne(client, forward, index * 2));
  client.on('message', (message: RawData) => {
    const bytes = Buffer.isBuffer(message)
      ? message
      : Buffer.concat(Array.isArray(message) ? message : [Buffer.from(message)]);
    const channel = bytes[0] ?? 0;
    if (channel % 2 === 0) sockets[channel / 2]?.write(bytes.subarray(1));
  });
  client.on('close', () => {
    for (const socket of sockets) socket.destroy();
  });
  client.on('error', () => client.terminate());
}

function forwardOne(client: WebSocket, { port, loopback }: Forward, channel: number): Socket {
  const announce = Buffer.alloc(2);
  announce.writeUInt16LE(port);
  const tell = (to: number, bytes: Buffer): void => client.send(Buffer.concat([Buffer.from([to]), bytes]));
  tell(channel, announce);
  tell(channel + 1, announce);
  const socket = connect(loopback, '127.0.0.1');
  socket.on('data', (bytes: Buffer) => tell(channel, bytes));
  socket.on('error', (error) => tell(channel + 1, Buffer.from(error.message)));
  socket.on('close', () => client.close());
  return socket;
}

function refuse(socket: Duplex, error: ApiError): void {
  const body = JSON.stringify(statusObject(error));
  socket.end(
    `HTTP/1.1 ${error.code} ${error.reason}\r\nContent-Type: application/json\r\nConnection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
