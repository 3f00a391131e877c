import { STATUS_CODES } from 'node:http';
import { checkDuration } from './names.ts';
import type { Report } from './report.ts';
import type { Retries } from './shapes.ts';

const POLICIES: ReadonlySet<string> = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'envoy-ratelimited',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

/** `retries` of a route. */
export function checkRetries(retries: Retries, report: Report): void {
  const { attempts = 0, perTryTimeout, retryOn = '', retryRemoteLocalities, backoff } = retries;
  if (attempts < 0) report.listed('attempts cannot be negative');
  if (attempts === 0 && (perTryTimeout !== undefined || retryOn !== '' || retryRemoteLocalities !== undefined)) {
    report.error('http retry policy configured when attempts are set to 0 (disabled)');
  }
  checkDuration(perTryTimeout, report);
  // Split on commas and not trimmed, as Istio does: a blank after a comma makes the word unknown.
  for (const policy of retryOn === '' ? [] : retryOn.split(',')) {
    const isStatus = /^\d+$/.test(policy) && STATUS_CODES[Number(policy)] !== undefined;
    if (!isStatus && !POLICIES.has(policy)) report.error(`"${policy}" is not a valid retryOn policy`);
  }
  checkDuration(backoff, report);
}
