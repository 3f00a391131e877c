import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Network } from '../network.ts';
import { createDefaultRoles } from './access/bootstrap.ts';
import { createTokens } from './access/tokens.ts';
import type { Admission, Backend } from './backend.ts';
import { createCatalogue } from './catalogue/catalogue.ts';
import { createDefinitions, establishDefinitions } from './catalogue/definitions.ts';
import { createServerCertificate } from './certificates.ts';
import { answer } from './intervention/answer.ts';
import type { Intervene } from './intervention/intervene.ts';
import { rulesOf, withRuleCheck } from './intervention/rules.ts';
import { createWatchman } from './intervention/watchman.ts';
import { CONTEXT, kubeconfigFor } from './kubeconfig.ts';
import { createDefaultNamespaces, keepNamespaces } from './namespaces.ts';
import type { VersionedStore } from './store.ts';
import { servePortForward } from './subresources/port-forward.ts';

export interface ApiServerOptions {
  readonly store: VersionedStore;
  readonly network: Network;
  /** Asked before each write of an object; default takes everything. */
  readonly admission?: Admission;
  /** Asked before each request is handled; the rules in the ConfigMap `holdfast-sandbox-api` come after it. */
  readonly intervene?: Intervene;
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
  const { store, network, intervene } = options;
  const admission = withRuleCheck(options.admission);
  const catalogue = createCatalogue(store);
  const backend: Backend = { store, network, catalogue, tokens: createTokens(store), admission };
  createDefaultRoles(store);
  createDefinitions(store, catalogue);
  createDefaultNamespaces(store);
  const stops = [keepNamespaces(store), establishDefinitions(store)];

  const { authority, certificate, key } = await createServerCertificate();
  const server = createServer({ cert: certificate, key, keepAliveTimeout: 120_000 });
  // Upgraded connections leave the HTTP server's own list, so every socket is kept here until it closes.
  const sockets = new Map<number, Socket>();
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.once('close', () => sockets.delete(port));
  });
  // What is encrypted cannot be reset: the connection below it can.
  const reset = (raw: IncomingMessage) => sockets.get(raw.socket.remotePort ?? 0)?.resetAndDestroy();
  const rules = rulesOf(store);
  const watchman = createWatchman(intervene ? [intervene, rules] : [rules]);
  server.on('request', (request, response) => void answer({ backend, watchman, reset }, request, response));
  server.on('upgrade', (request, socket, head) => {
    void servePortForward({ backend, watchman, reset }, request, socket, head);
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
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}
