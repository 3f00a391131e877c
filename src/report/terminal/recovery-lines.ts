import type { Millis } from '../../model/clock.ts';
import type { JournalEvent } from '../../model/event.ts';
import type { ProbeRecovery, RecoveryWatch } from '../../model/recovery.ts';
import { formatMillis } from '../format.ts';
import type { Paint } from './paint.ts';

const WIDTH = 60;
/** A recovery that took no longer has nothing to be drawn. */
const AT_ONCE: Millis = 1000;

/** Whether and when the system came back; where that took its time, with a strip for each probe. */
export function recoveryLines(
  event: Extract<JournalEvent, { readonly type: 'recovered' }>,
  paint: Paint,
): readonly string[] {
  const { recovered, recoveryMs = 0, detail, watch } = event;
  const head = recovered ? `  recovered after ${formatMillis(recoveryMs)}` : paint('red', `  not recovered: ${detail}`);
  if (watch === undefined || (recovered && recoveryMs - watch.watchedFromMs <= AT_ONCE)) return [head];
  return [head, ...strips(watch)];
}

function strips({ probes, bucketMs }: RecoveryWatch): readonly string[] {
  const last = Math.max(0, ...probes.flatMap(({ curve }) => curve.map(({ atMs }) => atMs)));
  const each = Math.ceil((last / bucketMs + 1) / WIDTH) * bucketMs;
  const columns = Math.floor(last / each) + 1;
  const rows = probes.map((probe) => `    ${strip(probe, each, columns)}  ${probe.probe}: ${outcome(probe)}`);
  return rows.length === 0
    ? []
    : [`    each sign is ${formatMillis(each)} after the rollback: # all good, o some, x none, . not asked`, ...rows];
}

function strip({ curve }: ProbeRecovery, each: Millis, columns: number): string {
  const signs = Array.from({ length: columns }, (_, column) => {
    const inside = curve.filter(({ atMs }) => Math.floor(atMs / each) === column);
    const samples = inside.reduce((sum, it) => sum + it.samples, 0);
    const good = inside.reduce((sum, it) => sum + it.good, 0);
    if (samples === 0) return '.';
    if (good === samples) return '#';
    return good === 0 ? 'x' : 'o';
  });
  return signs.join('');
}

function outcome({ state, recoveryMs, relapses }: ProbeRecovery): string {
  const from = recoveryMs === undefined ? '' : ` from ${formatMillis(recoveryMs)} on`;
  const again = relapses === 0 ? '' : `, broke again ${relapses}x`;
  const words = { recovered: 'good', late: 'good too late', broken: 'still broken', undecided: 'not to be decided' };
  return `${words[state]}${from}${again}`;
}
