import type { Mirror } from '../config/route-table.ts';
import { valueOf, withHeader } from './headers.ts';
import { hits } from './inject-fault.ts';
import type { ProxyContext } from './proxy-context.ts';
import type { ResponseFlag } from './response-flags.ts';
import { forward } from './router.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** Sends copies of a request to the mirrors; their answers are thrown away. */
export function sendMirrors(mirrors: readonly Mirror[], request: UpstreamRequest, context: ProxyContext): void {
  for (const mirror of mirrors) {
    const cluster = context.cluster(mirror.cluster.key);
    if (cluster === undefined || !hits(mirror.share, context.random)) continue;
    const copy = context.istioMinor >= 28 ? request : shadowed(request);
    const patient = { gone: new AbortController().signal, flags: new Set<ResponseFlag>() };
    void forward({ request: copy, cluster, policy: {} }, patient, context.wires).then((routed) => {
      if (routed.kind === 'response') routed.response.resume().once('close', () => routed.deadline.clear());
    });
  }
}

/** Before Istio 1.28 the copy's Host was marked. */
function shadowed(request: UpstreamRequest): UpstreamRequest {
  const [name = '', port] = (valueOf(request.headers, 'host') ?? '').split(':');
  const host = port === undefined ? `${name}-shadow` : `${name}-shadow:${port}`;
  return { ...request, headers: withHeader(request.headers, 'host', host) };
}
