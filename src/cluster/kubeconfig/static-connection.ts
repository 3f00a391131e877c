import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, type OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import { HoldfastError } from '../../model/errors.ts';
import type { Connection } from '../http/connection.ts';
import type { ChosenContext } from './choose-context.ts';
import type { UserEntry } from './kubeconfig.ts';
import { serverUrl } from './server-url.ts';

/** Idle sockets are given up sooner than servers and proxies commonly do, so that a write seldom meets a dead one. */
const IDLE_SOCKET_MS = 20_000;

/** A connection by what stands in the kubeconfig: certificates, token, token file, or name and password. */
export function staticConnection(context: ChosenContext): Connection {
  const { cluster, user } = context;
  const server = serverUrl(cluster);
  const keepAlive = { keepAlive: true, timeout: IDLE_SOCKET_MS };
  const agent =
    server.protocol === 'http:'
      ? new HttpAgent(keepAlive)
      : new HttpsAgent({
          ...keepAlive,
          secureContext: secureContext(context),
          rejectUnauthorized: !cluster.skipTlsVerify,
          ...(cluster.tlsServerName !== undefined && { servername: cluster.tlsServerName }),
        });
  return {
    server,
    agent: async () => agent,
    headers: async () => (user === undefined ? {} : { ...authorization(user), ...impersonation(user) }),
    close: () => agent.destroy(),
  };
}

function secureContext({ cluster, user }: ChosenContext): SecureContext {
  const ca = pem(cluster.caFile, cluster.caData);
  const cert = pem(user?.certFile, user?.certData);
  const key = pem(user?.keyFile, user?.keyData);
  try {
    return createSecureContext({ ca, cert, key });
  } catch (error) {
    throw new HoldfastError('KUBECONFIG_INVALID', {
      message: `The certificates of the kubeconfig cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
      where: `${cluster.file}, cluster ${cluster.name}${user === undefined ? '' : `, user ${user.name}`}`,
      hint: 'Check that certificate-authority, client-certificate and client-key are PEM, and that the last two belong together.',
      cause: error,
    });
  }
}

function pem(file: string | undefined, data: string | undefined): string | undefined {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return file === undefined ? undefined : readCredential(file);
}

/** Tokens in files are read each time: the kubelet replaces them long before they expire. */
function authorization(user: UserEntry): OutgoingHttpHeaders {
  const token = user.tokenFile === undefined ? user.token : readCredential(user.tokenFile).trim();
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (user.username === undefined) return {};
  const pair = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}

function impersonation(user: UserEntry): OutgoingHttpHeaders {
  if (user.impersonate === undefined) return {};
  const groups = user.impersonateGroups;
  return { 'impersonate-user': user.impersonate, ...(groups !== undefined && { 'impersonate-group': [...groups] }) };
}

function readCredential(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new HoldfastError('KUBECONFIG_INVALID', {
      message: `A file that the kubeconfig names cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      where: file,
      hint: 'Correct the path in the kubeconfig, or put the file there.',
      cause: error,
    });
  }
}
