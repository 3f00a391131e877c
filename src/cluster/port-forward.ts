import type { PortForward as PodForwarder } from '@kubernetes/client-node';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { HoldfastError } from '../model/errors.ts';
import type { CallOptions, ObjectKey, PortForward } from './cluster.ts';
import type { Caller } from './http/call.ts';
import { withDeadline } from './http/deadline.ts';
import type { ChosenContext } from './kubeconfig/choose-context.ts';
import { loadKubeConfig } from './kubeconfig/client-node-config.ts';
import { orAborted } from './or-aborted.ts';

const OPEN_DEADLINE = 10_000;

/**
 * Opens a local port, each connection of which is carried to a pod's port over a WebSocket of its own. The first
 * WebSocket is opened at once, so that a missing right or pod is an error here and not a dead port later.
 */
export async function portForward(
  caller: Caller,
  context: ChosenContext,
  pod: Required<ObjectKey>,
  port: number,
  { deadline = OPEN_DEADLINE, signal: outer }: CallOptions,
): Promise<PortForward> {
  const config = await loadKubeConfig(context);
  const forwarder = new (await import('@kubernetes/client-node')).PortForward(config);
  const sockets = new Set<Socket>();
  const carry = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    forwarder.portForward(pod.namespace, pod.name, [port], writerTo(socket), refusalOf(socket), socket).then(
      (channel) => closeTogether(socket, channel as WebSocketLike),
      () => socket.resetAndDestroy(),
    );
  };
  const limits = { clock: caller.clock, deadline, signals: [caller.closed, outer] };
  await withDeadline({ ...limits, what: whatOf(pod, port) }, (signal) =>
    orAborted(tryOut(forwarder, pod, port), signal),
  );
  const server = createServer(carry);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    close: () => closeServer(server, sockets),
  };
}

/** The part of a WebSocket that is used here; client-node's own type differs between browsers and Node. */
interface WebSocketLike {
  close(): void;
  addEventListener(type: 'close', listener: () => void): void;
}

async function tryOut(forwarder: PodForwarder, pod: Required<ObjectKey>, port: number): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    const channel = await forwarder.portForward(pod.namespace, pod.name, [port], nowhere, null, new PassThrough());
    (channel as WebSocketLike).close();
  } catch (error) {
    throw new HoldfastError('API_REFUSED', {
      message: `The API server opens no port-forward: ${reasonOf(error).replace(/\.+$/, '')}.`,
      where: whatOf(pod, port),
      hint: `Check the right to create pods/portforward in ${pod.namespace}, and that the pod runs.`,
      cause: error,
    });
  }
}

function whatOf(pod: Required<ObjectKey>, port: number): string {
  return `Pod ${pod.namespace}/${pod.name}, port ${port}`;
}

/** client-node rejects with the WebSocket's error event, which is no Error. */
function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' && message !== '' ? message : 'the WebSocket did not open';
}

/** client-node does not wait for a slow reader, and writes on after the socket is gone. */
function writerTo(socket: Socket): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (socket.destroyed) return done();
      socket.write(chunk, () => done());
    },
  });
}

/** Anything on the error channel means that the pod refused or lost this connection. */
function refusalOf(socket: Socket): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (chunk.length > 0) socket.resetAndDestroy();
      done();
    },
  });
}

function closeTogether(socket: Socket, channel: WebSocketLike): void {
  channel.addEventListener('close', () => socket.end());
  if (socket.destroyed) return channel.close();
  socket.once('close', () => channel.close());
}

async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  const closed = once(server, 'close');
  server.close();
  await closed;
}
