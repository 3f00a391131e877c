/** Envoy's default buckets. */
const BOUNDS = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

export interface Histogram {
  observe(value: number): void;
  /** Cumulative buckets, sum and count as Prometheus lines. */
  lines(name: string, labels: string): string[];
}

export function createHistogram(): Histogram {
  const buckets = BOUNDS.map(() => 0);
  let sum = 0;
  let count = 0;
  return {
    observe: (value) => {
      sum += value;
      count += 1;
      BOUNDS.forEach((bound, index) => {
        if (value <= bound) buckets[index] = (buckets[index] ?? 0) + 1;
      });
    },
    lines: (name, labels) => [
      ...BOUNDS.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${buckets[index]}`),
      `${name}_bucket{${labels},le="+Inf"} ${count}`,
      `${name}_sum{${labels}} ${sum}`,
      `${name}_count{${labels}} ${count}`,
    ],
  };
}
