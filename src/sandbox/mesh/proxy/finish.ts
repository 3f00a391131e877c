import { accessLogLine } from '../access-log.ts';
import { requestLabels, type CalledService } from '../metrics/request-labels.ts';
import type { MeshPod } from '../mesh.ts';
import type { Hop } from './hop.ts';
import { flagText } from './response-flags.ts';

/** What became known of a request while it was served; filled in on the way. */
export interface Trace {
  source: MeshPod | undefined;
  destination: MeshPod | undefined;
  service: CalledService | undefined;
  details: string;
  serviceTimeMs: number | undefined;
  upstream: string;
  cluster: string;
  routeName: string;
  grpcStatus: number | string | string[] | undefined;
  /** Bytes to the proxy: it counts no requests. */
  opaque: boolean;
}

export function newTrace(source: MeshPod | undefined): Trace {
  return {
    source,
    destination: undefined,
    service: undefined,
    details: '-',
    serviceTimeMs: undefined,
    upstream: '-',
    cluster: '-',
    routeName: '-',
    grpcStatus: undefined,
    opaque: false,
  };
}

/** Counts and logs the request when its answer is complete or its client gone, as Envoy does: not earlier. */
export function recordWhenDone({ exchange, trace, context }: Hop, reporter: 'source' | 'destination'): void {
  const { outgoing, flags, grpc, startedAt } = exchange;
  outgoing.once('close', () => {
    if (!outgoing.writableFinished && !flags.has('UT') && !flags.has('UC')) flags.add('DC');
    const status = outgoing.headersSent ? outgoing.statusCode : 0;
    const durationMs = performance.now() - startedAt;
    const { source, destination, service } = trace;
    const grpcStatus = trace.grpcStatus === undefined ? '' : String(trace.grpcStatus);
    const request = { reporter, source, destination, service, grpc, status, grpcStatus, flags: flagText(flags) };
    if (!trace.opaque) context.metrics.record(requestLabels(request), durationMs);
    context.log?.(accessLogLine({ ...trace, exchange, status, durationMs }));
  });
}
