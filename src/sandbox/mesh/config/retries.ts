import { durationMs } from './duration.ts';
import type { RetriesSpec } from './objects.ts';
import type { RetryPolicy } from './route-table.ts';

const DEFAULT_ON = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', 'retriable-status-codes'];
const DEFAULT_BACKOFF_MS = 25;

/**
 * A route's retries; without any, Istio's own two. Up to Istio 1.23 the default list also retried a plain 503
 * (Istio's core/route/retry/retry.go).
 */
export function compileRetries(
  spec: RetriesSpec | undefined,
  istioMinor: number,
  timeoutMs?: number,
): RetryPolicy | undefined {
  const retries = spec ? (spec.attempts ?? 0) : 2;
  if (retries <= 0) return undefined;
  const perTryTimeoutMs = durationMs(spec?.perTryTimeout);
  const perTryCounts = perTryTimeoutMs !== undefined && (timeoutMs === undefined || perTryTimeoutMs < timeoutMs);
  const backoffBaseMs = durationMs(spec?.backoff) ?? DEFAULT_BACKOFF_MS;
  return {
    retries,
    ...conditions(spec?.retryOn, istioMinor),
    ...(perTryCounts ? { perTryTimeoutMs } : {}),
    backoffBaseMs,
    backoffMaxMs: backoffBaseMs * 10,
  };
}

function conditions(retryOn: string | undefined, istioMinor: number): Pick<RetryPolicy, 'on' | 'statuses'> {
  if (!retryOn) return { on: new Set(DEFAULT_ON), statuses: new Set(istioMinor <= 23 ? [503] : []) };
  const words = retryOn.split(',').map((word) => word.trim());
  const statuses = words.filter((word) => /^\d+$/.test(word)).map(Number);
  const on = new Set(words.filter((word) => word !== '' && !/^\d+$/.test(word)));
  if (statuses.length > 0) on.add('retriable-status-codes');
  return { on, statuses: new Set(statuses) };
}
