import type { FixConclusion } from '../../model/conclusion.ts';
import { PHASES, type Phase } from '../../model/phase.ts';
import type { ProbeResult } from '../../model/probe-result.ts';
import type { ExperimentRecord, RunRecord } from '../../model/run-record.ts';
import { formatMillis } from '../format.ts';

type Row = readonly [string, string, string];
type Sides = readonly [ExperimentRecord | undefined, ExperimentRecord | undefined];

/** Both sides of a fix next to each other: verdict, each probe in each phase, time to recover. */
export function fixTable(run: RunRecord, { before, after }: FixConclusion): readonly Row[] {
  const sides = [before, after].map((name) =>
    run.experiments.find(({ head }) => head.name === name),
  ) as unknown as Sides;
  const probes = sides[0]?.head.probes ?? sides[1]?.head.probes ?? [];
  return [
    ['', 'before', 'after'],
    row('verdict', sides, (it) => it.verdict ?? 'interrupted'),
    ...probes.flatMap((probe): readonly Row[] => [
      [probe.name, '', ''],
      ...PHASES.filter((phase) => probe.during.includes(phase)).flatMap((phase) => phaseRows(probe.name, phase, sides)),
    ]),
    row('recovered after', sides, (it) => (it.recoveryMs === undefined ? '-' : formatMillis(it.recoveryMs))),
  ];
}

function phaseRows(probe: string, phase: Phase, sides: Sides): readonly Row[] {
  const cell = (label: string, of: (result: ProbeResult) => string): Row =>
    row(label, sides, (side) => {
      const result = side.phases[phase]?.results.find((it) => it.probe === probe);
      return result === undefined ? '-' : of(result);
    });
  return [
    cell(`  ${phase}`, ({ verdict, good, samples }) => `${verdict}, ${good} of ${samples} good`),
    cell('    p50, p95, max', ({ latency }) =>
      latency === undefined ? '-' : [latency.p50, latency.p95, latency.max].map(formatMillis).join(', '),
    ),
    cell('    answers', answersOf),
  ];
}

function answersOf({ statuses, errors }: ProbeResult): string {
  const counts = [...Object.entries(statuses), ...Object.entries(errors)];
  return counts.map(([what, count]) => `${what} x ${count}`).join(', ') || '-';
}

function row(label: string, [before, after]: Sides, of: (side: ExperimentRecord) => string): Row {
  return [label, before === undefined ? '-' : of(before), after === undefined ? '-' : of(after)];
}
