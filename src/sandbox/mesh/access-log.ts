import type { Exchange } from './proxy/exchange.ts';
import { valueOf } from './proxy/headers.ts';
import { flagText } from './proxy/response-flags.ts';

export interface LoggedRequest {
  readonly exchange: Exchange;
  readonly status: number;
  readonly details: string;
  readonly durationMs: number;
  readonly serviceTimeMs: number | undefined;
  readonly upstream: string;
  readonly cluster: string;
  readonly routeName: string;
}

/** A line in the shape of Istio's default text log; what the sandbox does not count is `-`. */
export function accessLogLine(logged: LoggedRequest): string {
  const { exchange, serviceTimeMs } = logged;
  const { method, path, query, authority, headers } = exchange.head;
  const started = new Date(Date.now() - logged.durationMs);
  const quoted = (value: string | undefined) => `"${value ?? '-'}"`;
  return [
    `[${started.toISOString()}]`,
    `"${method} ${query === '' ? path : `${path}?${query}`} HTTP/${exchange.httpVersion}"`,
    logged.status,
    flagText(exchange.flags),
    logged.details,
    '- "-" - -',
    Math.round(logged.durationMs),
    serviceTimeMs === undefined ? '-' : Math.round(serviceTimeMs),
    quoted(valueOf(headers, 'x-forwarded-for')),
    quoted(valueOf(headers, 'user-agent')),
    quoted(valueOf(headers, 'x-request-id')),
    quoted(authority),
    quoted(logged.upstream),
    logged.cluster,
    '- - - -',
    logged.routeName,
  ].join(' ');
}
