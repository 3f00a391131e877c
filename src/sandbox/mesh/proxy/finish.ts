import { accessLogLine } from '../access-log.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import { requestLabels, type CalledService } from '../metrics/request-labels.ts';
import type { MeshPod } from '../mesh.ts';
import type { Exchange } from './exchange.ts';
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
  };
}

/** Counts and logs the request when its answer is complete or its client gone, as Envoy does: not earlier. */
export function recordWhenDone(
  exchange: Exchange,
  trace: Trace,
  reporter: 'source' | 'destination',
  metrics: RequestMetrics,
  log: ((line: string) => void) | undefined,
): void {
  const { outgoing } = exchange;
  outgoing.once('close', () => {
    if (!outgoing.writableFinished && !exchange.flags.has('UT') && !exchange.flags.has('UC')) exchange.flags.add('DC');
    const status = outgoing.headersSent ? outgoing.statusCode : 0;
    const durationMs = performance.now() - exchange.startedAt;
    const flags = flagText(exchange.flags);
    const { source, destination, service } = trace;
    const labels = requestLabels({
      reporter,
      source,
      destination,
      service,
      grpc: exchange.grpc,
      status,
      grpcStatus: trace.grpcStatus === undefined ? '' : String(trace.grpcStatus),
      flags,
    });
    metrics.record(labels, durationMs);
    log?.(accessLogLine({ ...trace, exchange, status, durationMs }));
  });
}
