import { request } from 'node:http';
import type { AppContext, ServiceAnswer, ServiceCall } from './app.ts';

/** Where a call really goes: a loopback port, or undefined when nothing answers for that name. */
export type Route = (host: string, port: number) => number | undefined;

/**
 * The HTTP client of the applications: a new connection for each call, the destination in the Host header.
 * Rejects on refusal, reset, timeout and when the pod is killed.
 */
export function serviceCaller(route: Route, signal: AbortSignal): AppContext['call'] {
  return (call) => {
    const port = route(call.host, call.port);
    if (port === undefined) return Promise.reject(new Error(`connect ECONNREFUSED ${call.host}:${call.port}`));
    return send(call, port, signal);
  };
}

function send(call: ServiceCall, port: number, signal: AbortSignal): Promise<ServiceAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: call.method ?? 'GET',
      path: call.path,
      headers: { ...call.headers, host: `${call.host}:${call.port}` },
      agent: false,
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
