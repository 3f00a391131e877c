import type { MeshPod } from '../mesh.ts';
import type { MetricLabels } from './label-text.ts';

/** A Service as far as a request's labels name it. */
export interface CalledService {
  readonly host: string;
  readonly name: string;
  readonly namespace: string;
}

export interface FinishedRequest {
  /** `source` on the caller's side, `destination` on the called one's. */
  readonly reporter: 'source' | 'destination';
  /** Undefined when the other side has no proxy, or was never reached. */
  readonly source: MeshPod | undefined;
  readonly destination: MeshPod | undefined;
  readonly service: CalledService | undefined;
  readonly grpc: boolean;
  readonly status: number;
  /** Empty for plain HTTP. */
  readonly grpcStatus: string;
  readonly flags: string;
}

const UNKNOWN = 'unknown';

/** The labels of Istio's standard metrics. Nothing is encrypted in the sandbox, so there are no principals. */
export function requestLabels(request: FinishedRequest): MetricLabels {
  const { reporter, service, source, destination } = request;
  return {
    reporter,
    ...peerLabels('source', source),
    ...peerLabels('destination', destination),
    destination_service: service?.host ?? UNKNOWN,
    destination_service_name: service?.name ?? UNKNOWN,
    destination_service_namespace: service?.namespace ?? UNKNOWN,
    request_protocol: request.grpc ? 'grpc' : 'http',
    response_code: String(request.status),
    grpc_response_status: request.grpcStatus,
    response_flags: request.flags,
    connection_security_policy: reporter === 'source' ? UNKNOWN : 'none',
  };
}

function peerLabels(side: 'source' | 'destination', pod: MeshPod | undefined): MetricLabels {
  const app = pod?.labels['app'] ?? UNKNOWN;
  const version = pod?.labels['version'] ?? UNKNOWN;
  return {
    [`${side}_workload`]: pod?.workload ?? UNKNOWN,
    [`${side}_workload_namespace`]: pod?.namespace ?? UNKNOWN,
    [`${side}_principal`]: UNKNOWN,
    [`${side}_app`]: app,
    [`${side}_version`]: version,
    [`${side}_cluster`]: pod ? 'Kubernetes' : UNKNOWN,
    [`${side}_canonical_service`]: pod?.labels['service.istio.io/canonical-name'] ?? app,
    [`${side}_canonical_revision`]: pod ? (pod.labels['version'] ?? 'latest') : UNKNOWN,
  };
}
