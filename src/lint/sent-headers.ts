import type { Experiment } from '../model/experiment.ts';
import type { HttpRequestSpec } from '../model/hypothesis.ts';

/** What clients, proxies and frameworks put into requests by themselves, so that a file need not name it. */
const BY_ITSELF =
  /^(?::|x-forwarded-|x-envoy-|x-b3-|x-request-id$|x-real-ip$|traceparent$|tracestate$|b3$|host$|user-agent$|accept|content-|connection$|cookie$|date$|via$|te$|grpc-|origin$|referer$|sec-|cache-control$|pragma$|forwarded$|baggage$)/;

/** Whether a header is there without anybody asking for it. */
export function comesByItself(name: string): boolean {
  return BY_ITSELF.test(name);
}

/** The headers that a request carries by the file, names in lower case. */
export function headersOf(
  { headers, session }: HttpRequestSpec,
  { sessions }: Experiment,
): ReadonlyMap<string, string> {
  const given = { ...(session === undefined ? {} : sessions[session]?.headers), ...headers };
  return new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
}
