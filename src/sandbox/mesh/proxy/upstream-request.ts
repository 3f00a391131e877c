import { request as httpRequest, type Agent, type IncomingMessage, type RequestOptions } from 'node:http';
import type { Address } from '../../network.ts';
import { toRaw, type HeaderList } from './headers.ts';
import type { ToPod } from './pod-agent.ts';

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** With `host`, without `content-length`. */
  readonly headers: HeaderList;
  readonly body: Buffer;
}

export type Sent =
  | { readonly kind: 'response'; readonly response: IncomingMessage }
  | { readonly kind: 'refused' | 'closed' }
  | { readonly kind: 'aborted' };

/** Where a request goes: the pod's address, the loopback port behind it, and whose connections may be used. */
export interface Upstream {
  readonly pod: Address;
  readonly port: number;
  readonly agent: Agent;
}

/** Sends a request once; `aborted` when the signal ended it before there was an answer. */
export async function send(request: UpstreamRequest, upstream: Upstream, signal: AbortSignal): Promise<Sent> {
  for (;;) {
    const sent = await sendOnConnection(request, upstream, signal);
    if (sent.kind !== 'stale') return sent;
  }
}

/**
 * `stale`: the pooled connection had been reset before anything could be written to it, so nothing was sent and the
 * next connection may be tried; each such connection leaves the pool, so this ends.
 */
function sendOnConnection(
  request: UpstreamRequest,
  { pod, port, agent }: Upstream,
  signal: AbortSignal,
): Promise<Sent | { readonly kind: 'stale' }> {
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    const { method, target: path, body } = request;
    const length = body.length > 0 || BODY_METHODS.has(method) ? ['content-length', String(body.length)] : [];
    const headers = [...toRaw(request.headers), ...length];
    // The loopback port names the pool, so that what listens there anew gets new connections.
    const where: RequestOptions & ToPod = { host: '127.0.0.1', port, pod };
    const outgoing = httpRequest({ ...where, method, path, headers, agent, setHost: false });
    const abort = () => outgoing.destroy();
    signal.addEventListener('abort', abort, { once: true });
    const settle = (sent: Sent | { readonly kind: 'stale' }) => resolve(signal.aborted ? { kind: 'aborted' } : sent);
    outgoing.once('close', () => signal.removeEventListener('abort', abort));
    outgoing.on('response', (response) => settle({ kind: 'response', response }));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.reusedSocket && error.syscall === 'write') settle({ kind: 'stale' });
      else settle({ kind: error.syscall === 'connect' ? 'refused' : 'closed' });
    });
    outgoing.end(body);
  });
}

/** Methods that announce their body even when it is empty (RFC 9110 8.6). */
const BODY_METHODS = new Set(['POST', 'PUT', 'PATCH']);
