import type { IncomingHttpHeaders } from 'node:http';

/** What Bookinfo's services hand on so that traces and logins survive the hop. `end-user` is set by who knows the user. */
const FORWARDED = [
  'x-request-id',
  'x-ot-span-context',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
  'traceparent',
  'tracestate',
  'x-cloud-trace-context',
  'grpc-trace-bin',
  'sw8',
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'user-agent',
  'cookie',
  'authorization',
  'jwt',
];

/** The headers of a request that go along to the services behind, with the extra names given. */
export function forwardedHeaders(headers: IncomingHttpHeaders, extra: readonly string[] = []): Record<string, string> {
  const forwarded: Record<string, string> = {};
  for (const name of [...FORWARDED, ...extra]) {
    const value = headers[name];
    if (value !== undefined) forwarded[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return forwarded;
}
