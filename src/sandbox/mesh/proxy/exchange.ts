import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHead } from '../config/route-table.ts';
import { endToEnd, fromRaw, valueOf, without } from './headers.ts';
import type { ResponseFlag } from './response-flags.ts';

/** One request on its way through a proxy. */
export interface Exchange {
  readonly head: RequestHead;
  readonly httpVersion: string;
  readonly clientAddress: string;
  /** The complete request body; it is read at once so that retries and delays can hold it. */
  readonly body: Promise<Buffer>;
  readonly outgoing: ServerResponse;
  /** Aborted when the client goes away before its answer is complete. */
  readonly gone: AbortSignal;
  readonly startedAt: number;
  readonly flags: Set<ResponseFlag>;
  readonly grpc: boolean;
}

export function openExchange(incoming: IncomingMessage, outgoing: ServerResponse): Exchange {
  const client = new AbortController();
  const flags = new Set<ResponseFlag>();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) client.abort();
  });
  // What was still on its way to a client that has left; `close` tells the rest.
  outgoing.on('error', () => undefined);
  const headers = without(endToEnd(fromRaw(incoming.rawHeaders)), 'expect', 'content-length');
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  return {
    head: {
      method: incoming.method ?? 'GET',
      path,
      query: query.join('?'),
      scheme: 'http',
      authority: incoming.headers.host ?? '',
      headers,
    },
    httpVersion: incoming.httpVersion,
    clientAddress: incoming.socket.remoteAddress ?? '',
    body: readBody(incoming),
    outgoing,
    gone: client.signal,
    startedAt: performance.now(),
    flags,
    grpc: (valueOf(headers, 'content-type') ?? '').startsWith('application/grpc'),
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
  if ((length === undefined || length === '0') && encoding === undefined) {
    incoming.resume();
    return Buffer.alloc(0);
  }
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    // The client went away in the middle; `gone` says so to whoever would have used the body.
  }
  return Buffer.concat(chunks);
}
