import type { Watch } from './handle.ts';
import { sameService, serviceOfHost, type ServiceName } from './host.ts';

/** Requests of one caller's proxy to the service, since the proxy started: hit by the fault, and not. */
export type Counts = Readonly<Record<'faulted' | 'clean', number>>;

/** Which requests count, and as what. */
type Counted = Pick<Watch, 'service' | 'flags' | 'status'>;

/**
 * Sums a proxy's `istio_requests_total` as its own caller saw it (`reporter="source"`: an aborted request never gets to
 * the destination's proxy). Envoy counts a request when it completes.
 */
export function countRequests(metrics: string, { service, flags, status }: Counted): Counts {
  let [faulted, clean] = [0, 0];
  for (const { labels, value } of requestSeries(metrics, 'source')) {
    if (!isTo(labels, service)) continue;
    const flagged = (labels.get('response_flags') ?? '').split(',').some((flag) => flags.includes(flag));
    const hit = flagged && (status === null || labels.get('response_code') === String(status));
    if (hit) faulted += value;
    else clean += value;
  }
  return { faulted, clean };
}

/** Requests that a proxy let in to its own application, since it started. */
export function countServed(metrics: string): number {
  return requestSeries(metrics, 'destination').reduce((sum, { value }) => sum + value, 0);
}

interface Series {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

function requestSeries(metrics: string, reporter: 'source' | 'destination'): readonly Series[] {
  const own = metrics
    .split('\n')
    .filter((line) => line.startsWith('istio_requests_total{') && line.includes(`reporter="${reporter}"`));
  return own.map(parseSeries);
}

function isTo(labels: ReadonlyMap<string, string>, service: ServiceName): boolean {
  const name = labels.get('destination_service_name');
  const namespace = labels.get('destination_service_namespace');
  if (name !== undefined && namespace !== undefined && sameService({ name, namespace }, service)) return true;
  return sameService(serviceOfHost(labels.get('destination_service') ?? '', ''), service);
}

function parseSeries(line: string): Series {
  const end = line.lastIndexOf('}');
  const labels = new Map<string, string>();
  for (const [, key = '', value = ''] of line.slice(0, end).matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    labels.set(key, value);
  }
  // After the value there may be a timestamp.
  const value = Number(
    line
      .slice(end + 1)
      .trim()
      .split(/\s+/)[0],
  );
  return { labels, value: Number.isFinite(value) ? value : 0 };
}
