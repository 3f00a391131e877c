import { describeRef } from '../model/describe-ref.ts';
import { formatDuration } from '../model/duration.ts';
import { type Finding, pageOf } from '../model/finding.ts';
import type { FaultPlan, ObjectChange, Plan } from '../model/plan.ts';

/** A plan for people: what would be hit, the exact changes, how to undo them by hand. */
export function planText(plan: Plan): string {
  const lines = [
    plan.experiment,
    `  context   ${plan.context}`,
    `  ingress   ${plan.ingress}`,
    `  duration  about ${formatDuration(plan.duration)}`,
    `  locks     ${plan.lockKeys.join(', ')}`,
    ...plan.inFlight.map((it) => `  in flight ${it.probe}: up to ${it.needed} of ${it.allowed} allowed`),
    ...plan.setup.flatMap((it) => changeLines('setup', it)),
    ...plan.faults.flatMap(faultLines),
    ...plan.findings.flatMap(findingLines),
  ];
  return `${lines.join('\n')}\n`;
}

function findingLines({ severity, code, message, where, hint }: Finding): readonly string[] {
  const place = where === undefined || message.includes(where) ? '' : `${where}: `;
  return [
    `  ${severity} ${code}: ${place}${message}${hint === undefined ? '' : ` - ${hint}`}`,
    `    see ${pageOf(code)}`,
  ];
}

function faultLines({ fault, targets, changes, undoCommands }: FaultPlan): readonly string[] {
  return [
    ...targets.map((it) => `  fault ${fault} -> ${it}`),
    ...changes.flatMap((it) => changeLines('fault', it)),
    ...undoCommands.map((it) => `  undo by hand: ${it}`),
  ];
}

function changeLines(of: string, { verb, object, diff }: ObjectChange): readonly string[] {
  return [
    `  ${of}: ${verb} ${describeRef(object)}`,
    // What is deleted as a whole needs no diff.
    ...(diff === '' ? [] : diff.trimEnd().split('\n')).map((it) => `    ${it}`),
  ];
}
