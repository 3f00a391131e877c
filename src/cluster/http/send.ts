import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { HoldfastError } from '../../model/errors.ts';
import { orAborted } from '../or-aborted.ts';
import type { ApiAnswer, ApiRequest, Connection } from './connection.ts';
import { parseWarnings } from './warnings.ts';

/** The longest list of a large cluster is far shorter. */
const LONGEST_ANSWER = 128 * 1024 * 1024;

/** Sends one request and reads the whole answer. Rejects with the signal's reason, or with Node's own error. */
export async function send(connection: Connection, request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
  const response = await open(connection, request, signal);
  const body = await readText(response, signal);
  const retryAfter = Number(response.headers['retry-after']);
  const date = Date.parse(response.headers.date ?? '');
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    body,
    warnings: parseWarnings(response.headersDistinct['warning'] ?? []),
    ...(Number.isFinite(retryAfter) && { retryAfter: retryAfter * 1000 }),
    ...(Number.isFinite(date) && { date }),
  };
}

/** Sends one request and resolves with the answer's head; the body streams on until it ends or the signal is aborted. */
export async function open(connection: Connection, request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const agent = await orAborted(connection.agent(), signal);
  const headers = await orAborted(connection.headers(), signal);
  signal.throwIfAborted();
  const { server } = connection;
  const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
  return new Promise((resolve, reject) => {
    const outgoing = (server.protocol === 'http:' ? httpRequest : httpsRequest)({
      hostname: server.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: server.port === '' ? (server.protocol === 'http:' ? 80 : 443) : server.port,
      path: server.pathname.replace(/\/$/, '') + request.path,
      method: request.method,
      agent,
      headers: {
        ...headers,
        accept: request.accept ?? 'application/json',
        'user-agent': 'holdfast',
        ...(payload !== undefined && {
          'content-type': request.contentType ?? 'application/json',
          'content-length': Buffer.byteLength(payload),
        }),
      },
    });
    const abort = (): void => {
      reject(signal.reason as Error);
      outgoing.destroy();
    };
    signal.addEventListener('abort', abort, { once: true });
    outgoing.once('close', () => signal.removeEventListener('abort', abort));
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

function readText(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    let length = 0;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      length += chunk.length;
      if (length <= LONGEST_ANSWER) return;
      reject(tooLong());
      response.destroy();
    });
    response.once('end', () => resolve(text));
    response.once('error', (error) => reject(signal.aborted ? (signal.reason as Error) : error));
    response.once('close', () => reject(signal.aborted ? (signal.reason as Error) : cutOff()));
  });
}

function tooLong(): HoldfastError {
  return new HoldfastError('API_FAILED', {
    message: `The API server's answer is longer than ${LONGEST_ANSWER / 1024 / 1024} MiB.`,
    hint: 'Check `server` in the kubeconfig: an API server does not answer so much.',
  });
}

function cutOff(): Error {
  return Object.assign(new Error('the connection closed in the middle of the answer'), { code: 'ECONNRESET' });
}
