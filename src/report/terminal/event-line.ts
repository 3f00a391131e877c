import dayjs from 'dayjs';
import { describeRef } from '../../model/describe-ref.ts';
import { describeStop } from '../../model/describe-stop.ts';
import type { Drift, JournalEvent } from '../../model/event.ts';
import { type Finding, pageOf } from '../../model/finding.ts';
import type { ProbeResult } from '../../model/probe-result.ts';
import { proofOf, tellReasons } from '../../model/proof.ts';
import { formatMillis, verdictStyle } from '../format.ts';
import { probeLine } from '../probe-line.ts';
import type { Paint } from './paint.ts';
import { recoveryLines } from './recovery-lines.ts';

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: Type }>;

/**
 * The lines an event leaves in the scroll-back, in both kinds of terminal; most events leave none. What is planned is
 * printed before anything is written, so that a person sees what will be touched in time to stop it.
 */
export function eventLines(event: JournalEvent, paint: Paint): readonly string[] {
  if (!('experiment' in event)) return runLines(event, paint);
  switch (event.type) {
    case 'experiment-started':
      return [paint('bold', `${event.experiment}  ${event.head.description}`.trimEnd())];
    case 'ingress-found':
      return [`  ingress ${event.url} (${event.how})`];
    case 'finding':
      return [
        paint(event.finding.severity === 'error' ? 'red' : 'yellow', findingLine(event.finding)),
        `    see ${pageOf(event.finding.code)}`,
      ];
    case 'planned':
      return event.plan.faults.flatMap((fault) => [
        `  plan ${fault.fault}: ${fault.changes.map((change) => `${change.verb} ${describeRef(change.object)}`).join(', ')}`,
        ...fault.undoCommands.map((command) => `    undo by hand: ${command}`),
      ]);
    case 'fault-proven':
      return provenLines(event, paint);
    case 'fault-undone':
      return undoneLines(event, paint);
    case 'phase-ended':
      return event.results.map((result) => resultLine(result, paint));
    case 'aborted':
      return [paint('red', `  ${describeStop(event.stopped)}`)];
    case 'drift':
      return driftLines(event.drift, paint);
    case 'recovered':
      return recoveryLines(event, paint);
    case 'step-ended':
      return event.error === undefined
        ? []
        : [
            paint('red', `  ${event.step} failed: ${event.error.message}`),
            ...(event.error.hint === undefined ? [] : [`    ${event.error.hint}`]),
          ];
    case 'note':
      return [`  ${event.text}`];
    case 'experiment-ended':
      return endLines(event, paint);
    default:
      return [];
  }
}

function runLines(event: Exclude<JournalEvent, { experiment: string }>, paint: Paint): readonly string[] {
  switch (event.type) {
    case 'run-started':
      return [
        `holdfast ${event.version}, run ${event.runId}, ${dayjs(event.startedAt).format('YYYY-MM-DD HH:mm:ss')}, ${
          event.target.kind === 'sandbox'
            ? 'on the sandbox (a stand-in for a cluster)'
            : `context ${event.target.context} (${event.target.server})`
        }${event.seed === undefined ? '' : `, seed ${event.seed}`}`,
      ];
    case 'signal':
      return [
        paint(
          'yellow',
          event.count === 1
            ? `${event.signal}: stopping and rolling back (once more to give up)`
            : `${event.signal} again: giving up`,
        ),
      ];
    default:
      return [];
  }
}

function findingLine({ severity, code, message, where, hint }: Finding): string {
  return `  ${severity} ${code}: ${where === undefined ? '' : `${where}: `}${message}${hint === undefined ? '' : ` - ${hint}`}`;
}

function provenLines(event: Of<'fault-proven'>, paint: Paint): readonly string[] {
  const { fault, timeToEffectMs, evidence, explanation } = event;
  const seen = listed(evidence);
  if (event.proven) return [`  proven ${fault}${after(timeToEffectMs)}${seen}`];
  const why = (explanation === undefined ? [] : tellReasons(explanation)).map((line) => `    ${line}`);
  if (proofOf(event) !== 'contradicted') return [`  ${paint('yellow', 'not proven')} ${fault}${seen}`, ...why];
  return [`  ${paint('red', 'contradicted')} ${fault}: ${explanation?.contradiction}${seen}`, ...why];
}

function undoneLines(event: Of<'fault-undone'>, paint: Paint): readonly string[] {
  const { fault, undone, timeToGoneMs, evidence, manual } = event;
  if (!undone) {
    return [
      paint('red', `  NOT GONE ${fault}${listed(evidence)}`),
      ...manual.map((command) => `    by hand: ${command}`),
    ];
  }
  // What heals by itself may be over without having healed; its evidence says so.
  return [timeToGoneMs === undefined ? `  over ${fault}${listed(evidence)}` : `  gone ${fault}${after(timeToGoneMs)}`];
}

function driftLines({ object, detail, diff = '' }: Drift, paint: Paint): readonly string[] {
  return [
    paint('yellow', `  changed by somebody else: ${describeRef(object)}: ${detail}`),
    ...diff
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `    ${line}`),
  ];
}

function resultLine(result: ProbeResult, paint: Paint): string {
  const { phase, probe, verdict } = result;
  const mark = verdict === 'passed' ? paint('green', '✓') : paint(verdict === 'failed' ? 'red' : 'yellow', verdict);
  return `  ${phase}: ${mark} ${probe} - ${probeLine(result)}`;
}

function endLines(
  { experiment, verdict, reasons, durationMs }: Of<'experiment-ended'>,
  paint: Paint,
): readonly string[] {
  const { mark, colour } = verdictStyle(verdict);
  const head = paint(colour, `${mark} ${verdict}`);
  return [`${head} ${experiment} (${formatMillis(durationMs)})`, ...reasons.map((reason) => `    ${reason}`)];
}

function after(ms: number | undefined): string {
  return ms === undefined ? '' : ` after ${formatMillis(ms)}`;
}

function listed(evidence: readonly string[]): string {
  return evidence.length === 0 ? '' : ` (${evidence.join('; ')})`;
}
