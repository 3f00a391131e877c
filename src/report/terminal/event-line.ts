import dayjs from 'dayjs';
import type { JournalEvent } from '../../model/event.ts';
import type { ObjectRef } from '../../model/kubernetes.ts';
import { formatMillis, verdictStyle } from '../format.ts';
import { probeLine } from '../probe-line.ts';
import type { Paint } from './paint.ts';

/**
 * The lines an event leaves in the scroll-back, in both kinds of terminal; most events leave none. What is planned is
 * printed before anything is written, so that a person sees the exact change in time to stop it.
 */
export function eventLines(event: JournalEvent, paint: Paint): readonly string[] {
  if (!('experiment' in event)) return runLines(event, paint);
  switch (event.type) {
    case 'experiment-started':
      return [paint('bold', `${event.experiment}  ${event.head.description}`.trimEnd())];
    case 'ingress-found':
      return [`  ingress ${event.url} (${event.how})`];
    case 'finding':
      return [paint(event.finding.severity === 'error' ? 'red' : 'yellow', findingLine(event.finding))];
    case 'planned':
      return event.plan.faults.flatMap((fault) => [
        `  plan ${fault.fault}: ${fault.changes.map((change) => `${change.verb} ${objectName(change.object)}`).join(', ')}`,
        ...fault.undoCommands.map((command) => `    undo by hand: ${command}`),
      ]);
    case 'fault-proven':
      return [
        `  ${event.proven ? 'proven' : paint('yellow', 'not proven')} ${event.fault}${after(event.timeToEffectMs)}${listed(event.evidence)}`,
      ];
    case 'fault-undone':
      // What heals by itself may be over without having healed; its evidence says so.
      if (event.undone && event.timeToGoneMs === undefined) return [`  over ${event.fault}${listed(event.evidence)}`];
      return event.undone
        ? [`  gone ${event.fault}${after(event.timeToGoneMs)}`]
        : [
            paint('red', `  NOT GONE ${event.fault}${listed(event.evidence)}`),
            ...event.manual.map((command) => `    by hand: ${command}`),
          ];
    case 'phase-ended':
      return event.results.map((result) => {
        const mark =
          result.verdict === 'passed'
            ? paint('green', '✓')
            : paint(result.verdict === 'failed' ? 'red' : 'yellow', result.verdict);
        return `  ${event.phase}: ${mark} ${result.probe} - ${probeLine(result)}`;
      });
    case 'drift':
      return [paint('yellow', `  changed by somebody else: ${event.drift.detail}`)];
    case 'recovered':
      return [
        `  ${event.recovered ? `recovered${after(event.recoveryMs)}` : paint('red', `not recovered: ${event.detail}`)}`,
      ];
    case 'step-ended':
      return event.error === undefined
        ? []
        : [
            paint('red', `  ${event.step} failed: ${event.error.message}`),
            ...(event.error.hint === undefined ? [] : [`    ${event.error.hint}`]),
          ];
    case 'note':
      return [`  ${event.text}`];
    case 'experiment-ended': {
      const { mark, colour } = verdictStyle(event.verdict);
      const head = paint(colour, `${mark} ${event.verdict}`);
      return [
        `${head} ${event.experiment} (${formatMillis(event.durationMs)})`,
        ...event.reasons.map((reason) => `    ${reason}`),
      ];
    }
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
        }`,
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

function findingLine(finding: {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly where?: string;
  readonly hint?: string;
}): string {
  const where = finding.where === undefined ? '' : `${finding.where}: `;
  const hint = finding.hint === undefined ? '' : ` - ${finding.hint}`;
  return `  ${finding.severity} ${finding.code}: ${where}${finding.message}${hint}`;
}

function objectName({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function after(ms: number | undefined): string {
  return ms === undefined ? '' : ` after ${formatMillis(ms)}`;
}

function listed(evidence: readonly string[]): string {
  return evidence.length === 0 ? '' : ` (${evidence.join('; ')})`;
}
