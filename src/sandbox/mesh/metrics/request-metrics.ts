import { createHistogram, type Histogram } from './histogram.ts';
import { labelText, type MetricLabels } from './label-text.ts';

/** Counters and durations of one proxy's requests, in Istio's standard metrics. */
export interface RequestMetrics {
  /** Counts a finished request. */
  record(labels: MetricLabels, durationMs: number): void;
  /** Prometheus text exposition. */
  text(): string;
}

export function createRequestMetrics(): RequestMetrics {
  const series = new Map<string, { count: number; readonly durations: Histogram }>();
  return {
    record: (labels, durationMs) => {
      const key = labelText(labels);
      const entry = series.get(key) ?? { count: 0, durations: createHistogram() };
      series.set(key, entry);
      entry.count += 1;
      entry.durations.observe(durationMs);
    },
    text: () => {
      const totals = [...series].map(([labels, { count }]) => `istio_requests_total{${labels}} ${count}`);
      const durations = [...series].flatMap(([labels, entry]) =>
        entry.durations.lines('istio_request_duration_milliseconds', labels),
      );
      return [
        '# TYPE istio_requests_total counter',
        ...totals,
        '# TYPE istio_request_duration_milliseconds histogram',
        ...durations,
        '',
      ].join('\n');
    },
  };
}
