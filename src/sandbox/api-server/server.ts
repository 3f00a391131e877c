import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Network } from '../network.ts';
import { createDefaultRoles } from './access/bootstrap.ts';
import { createTokens } from './access/tokens.ts';
import { ApiError } from './api-error.ts';
import type { Admission, Backend } from './backend.ts';
import { createCatalogue } from './catalogue/catalogue.ts';
import { createDefinitions, establishDefinitions } from './catalogue/definitions.ts';
import { createServerCertificate } from './certificates.ts';
import { dispatch } from './dispatch.ts';
import { send, statusObject } from './http.ts';
import { CONTEXT, kubeconfigFor } from './kubeconfig.ts';
import { createDefaultNamespaces, keepNamespaces } from './namespaces.ts';
import { readRequest } from './request.ts';
import type { VersionedStore } from './store.ts';
import { servePortForward } from './subresources/port-forward.ts';

export interface ApiServerOptions {
  readonly store: VersionedStore;
  readonly network: Network;
  /** Asked before each write of an object; default takes everything. */
  readonly admission?: Admission;
}

export interface ApiServer {
  readonly url: string;
  readonly port: number;
  /** The administrator's kubeconfig, as YAML text. */
  readonly kubeconfig: string;
  /** The kubeconfig's one context. */
  readonly context: string;
  close(): Promise<void>;
}

/** Serves the store as a Kubernetes API over HTTPS on loopback. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { store, network, admission } = options;
  const catalogue = createCatalogue(store);
  const backend: Backend = { store, network, catalogue, tokens: createTokens(store), admission };
  createDefaultRoles(store);
  createDefinitions(store, catalogue);
  createDefaultNamespaces(store);
  const stops = [keepNamespaces(store), establishDefinitions(store)];

  const { authority, certificate, key } = await createServerCertificate();
  const server = createServer({ cert: certificate, key, keepAliveTimeout: 120_000 }, (request, response) => {
    void answer(backend, request, response);
  });
  server.on('upgrade', (request, socket, head) => servePortForward(backend, request, socket, head));
  // Upgraded connections leave the HTTP server's own list, so every socket is kept here until it closes.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}`;
  return {
    url,
    port,
    kubeconfig: kubeconfigFor(url, authority, backend.tokens.administrator),
    context: CONTEXT,
    async close() {
      for (const stop of stops) stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function answer(backend: Backend, raw: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const reply = await dispatch(backend, readRequest(backend, raw));
    if ('stream' in reply) await reply.stream(response);
    else send(response, reply);
  } catch (error) {
    const refusal = error instanceof ApiError ? error : internalError(error);
    if (response.headersSent) response.destroy();
    else send(response, { code: refusal.code, body: statusObject(refusal) });
  }
}

function internalError(error: unknown): ApiError {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, {});
}
