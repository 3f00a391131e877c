import type { HeaderList } from './headers.ts';
import type { ResponseFlag } from './response-flags.ts';

/** An answer the proxy makes itself. */
export interface LocalReply {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: HeaderList;
  readonly flag?: ResponseFlag;
  /** Envoy's response code details, for the access log. */
  readonly details: string;
  readonly grpcStatus?: number;
}

const RESET = 'upstream connect error or disconnect/reset before headers. ';

/** The replies of Envoy's router and fault filter, word for word (router.cc, fault_filter.cc). */
export const LOCAL_REPLIES = {
  lowVersion: { status: 426, body: '', details: 'low_version' },
  noRoute: { status: 404, body: '', flag: 'NR', details: 'route_not_found' },
  noCluster: { status: 503, body: '', flag: 'NC', details: 'cluster_not_found' },
  noHealthyUpstream: { status: 503, body: 'no healthy upstream', flag: 'UH', details: 'no_healthy_upstream' },
  timeout: { status: 504, body: 'upstream request timeout', flag: 'UT', details: 'response_timeout' },
  perTryTimeout: { status: 504, body: 'upstream request timeout', flag: 'UT', details: 'upstream_per_try_timeout' },
  overflow: {
    status: 503,
    body: `${RESET}reset reason: overflow`,
    headers: [['x-envoy-overloaded', 'true']],
    flag: 'UO',
    details: 'upstream_reset_before_response_started{overflow}',
  },
  unknownHost: { status: 502, body: '', details: 'direct_response' },
} as const satisfies Record<string, LocalReply>;

const REASONS = {
  refused: {
    flag: 'UF',
    reason: 'remote connection failure, transport failure reason: delayed connect error: Connection refused',
    details: 'remote_connection_failure|delayed_connect_error:_Connection_refused',
  },
  unanswered: { flag: 'UF', reason: 'connection timeout', details: 'connection_timeout' },
  closed: { flag: 'UC', reason: 'connection termination', details: 'connection_termination' },
} as const;

export type ResetReason = keyof typeof REASONS;

/** 503 for a connection that could not be made or ended before its answer; `retried` when it was not the first try. */
export function resetReply(kind: ResetReason, retried = false): LocalReply {
  const { flag, reason, details } = REASONS[kind];
  const lead = retried ? 'retried and the latest reset reason: ' : 'reset reason: ';
  const body = RESET + lead + reason;
  return { status: 503, body, flag, details: `upstream_reset_before_response_started{${details}}` };
}

/** The fault filter's abort. */
export function abortReply(status: number, grpcStatus?: number): LocalReply {
  return { status, body: 'fault filter abort', flag: 'FI', details: 'fault_filter_abort', grpcStatus };
}

/** What a gRPC client is told instead of an HTTP status. */
export function grpcStatusFor(status: number): number {
  const known: Readonly<Record<number, number>> = {
    400: 13,
    401: 16,
    403: 7,
    404: 12,
    429: 14,
    502: 14,
    503: 14,
    504: 14,
  };
  return known[status] ?? 2;
}
