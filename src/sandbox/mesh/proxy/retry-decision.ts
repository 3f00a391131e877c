import type { RetryPolicy } from '../config/route-table.ts';

/** How one send to one endpoint ended, as far as retrying goes. */
export type TryResult =
  | { readonly kind: 'response'; readonly status: number; readonly grpcStatus?: string }
  | { readonly kind: 'refused' | 'closed' | 'per-try-timeout' };

/** Whether the policy covers this result; whether tries are left is another question (Envoy's retry_state_impl.cc). */
export function covers(policy: RetryPolicy, result: TryResult): boolean {
  if (result.kind === 'response') return coversResponse(policy, result.status, result.grpcStatus);
  const anyReset = ['5xx', 'gateway-error', 'reset'].some((word) => policy.on.has(word));
  return anyReset || (result.kind === 'refused' && policy.on.has('connect-failure'));
}

const GRPC_WORDS: Readonly<Record<string, string>> = {
  1: 'cancelled',
  4: 'deadline-exceeded',
  8: 'resource-exhausted',
  13: 'internal',
  14: 'unavailable',
};

function coversResponse({ on, statuses }: RetryPolicy, status: number, grpcStatus: string | undefined): boolean {
  if (on.has('5xx') && status >= 500) return true;
  if (on.has('gateway-error') && status >= 502 && status <= 504) return true;
  if (on.has('retriable-4xx') && status === 409) return true;
  if (on.has('retriable-status-codes') && statuses.has(status)) return true;
  return grpcStatus !== undefined && on.has(GRPC_WORDS[grpcStatus] ?? '');
}

/** The upper end of the random pause before the n-th retry, milliseconds. */
export function backoffLimitMs(policy: RetryPolicy, retry: number): number {
  return Math.min(policy.backoffBaseMs * (2 ** retry - 1), policy.backoffMaxMs);
}
