import type { CliffConclusion, PointProbe } from '../../model/conclusion.ts';
import { formatDuration } from '../../model/duration.ts';
import { formatMillis } from '../format.ts';

/** Every run by its delay: verdict, then how long each probe took and what it got. */
export function cliffTable({ points }: CliffConclusion): readonly (readonly string[])[] {
  const probes = [...new Set(points.flatMap((it) => it.probes.map(({ probe }) => probe)))];
  const rows = points
    .toSorted((a, b) => a.delay - b.delay)
    .map(({ delay, verdict, probes: seen }) => [
      formatDuration(delay),
      verdict,
      ...probes.flatMap((name) => cellsOf(seen.find(({ probe }) => probe === name))),
    ]);
  return [['delay', 'verdict', ...probes.flatMap((name) => [`p50: ${name}`, 'answers'])], ...rows];
}

function cellsOf(probe: PointProbe | undefined): readonly string[] {
  if (probe === undefined) return ['-', '-'];
  const { latency, statuses, errors } = probe;
  const counts = [...Object.entries(statuses), ...Object.entries(errors)];
  return [
    latency === undefined ? '-' : formatMillis(latency.p50),
    counts.map(([what, count]) => `${what} x ${count}`).join(', ') || '-',
  ];
}
