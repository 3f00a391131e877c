import { request, type RequestOptions } from 'node:http';
import type { AppContext, ServiceAnswer, ServiceCall } from './app.ts';

/** How a call gets its connection: where to, or its own way to connect; undefined when nothing answers for that name. */
export type Route = (
  host: string,
  port: number,
) => Pick<RequestOptions, 'host' | 'port' | 'createConnection'> | undefined;

/**
 * The HTTP client of the applications: a new connection for each call, the destination in the Host header.
 * Rejects on refusal, reset, timeout and when the pod is killed.
 */
export function serviceCaller(route: Route, signal: AbortSignal): AppContext['call'] {
  return (call) => {
    const way = route(call.host, call.port);
    if (way === undefined) return Promise.reject(new Error(`connect ECONNREFUSED ${call.host}:${call.port}`));
    return send(call, way, signal);
  };
}

function send(call: ServiceCall, way: RequestOptions, signal: AbortSignal): Promise<ServiceAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      // Without its own way to connect: a pool that nobody shares.
      ...(way.createConnection ? {} : { agent: false }),
      ...way,
      method: call.method ?? 'GET',
      path: call.path,
      headers: { ...call.headers, host: `${call.host}:${call.port}` },
      signal,
    });
    outgoing.setTimeout(call.timeoutMs, () => outgoing.destroy(new Error(`no answer within ${call.timeoutMs} ms`)));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    outgoing.end();
  });
}
