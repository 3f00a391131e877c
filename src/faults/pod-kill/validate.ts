import { formatDuration } from '../../model/duration.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { Fault, PodKillFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';

/** What the file alone shows to be wrong. */
export function validateFault(fault: Fault<PodKillFaultSpec>, { phases }: Experiment): readonly Finding[] {
  const { select, take, every, allowBare } = fault.spec;
  const lasts = fault.duration ?? phases.fault - fault.startAfter;
  const troubles: string[] = [];
  if (every !== undefined && every >= lasts) {
    troubles.push(
      `it would kill every ${formatDuration(every)}, but it lasts ${formatDuration(lasts)}: no second round.`,
    );
  }
  if (allowBare && select.kind === 'labels') {
    troubles.push('bare pods have to be named, so `allowBare` means nothing with `labels`.');
  }
  if (select.kind === 'names' && take.kind === 'count' && take.count > select.names.length) {
    troubles.push(`it asks for ${take.count} of ${select.names.length} pods.`);
  }
  return troubles.map((trouble) => finding('FAULT_INVALID', `Fault "${fault.name}": ${trouble}`, fault.name));
}
