import type { Forward } from '../config/route-table.ts';
import { valueOf, type HeaderList } from './headers.ts';
import type { RouterPolicy } from './router.ts';
import type { Entrance } from './upstream-headers.ts';

/** A route's timeout and retries, which callers inside the mesh may override with Envoy's request headers. */
export function policyFor(action: Forward, headers: HeaderList, entrance: Entrance): RouterPolicy {
  const { timeoutMs, retry } = action;
  if (entrance === 'edge') return { timeoutMs, retry };
  const askedTimeout = wholeNumber(valueOf(headers, 'x-envoy-upstream-rq-timeout-ms'));
  const askedRetries = wholeNumber(valueOf(headers, 'x-envoy-max-retries'));
  return {
    timeoutMs: askedTimeout ?? timeoutMs,
    retry: retry && askedRetries !== undefined ? { ...retry, retries: askedRetries } : retry,
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
