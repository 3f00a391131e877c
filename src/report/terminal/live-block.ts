import type { Millis } from '../../model/clock.ts';
import { formatMillis } from '../format.ts';
import type { LiveExperiment, LiveState } from './live-state.ts';

const BAR_WIDTH = 20;

/** The block that is redrawn in place on a terminal: one line a running experiment. `now` is on the journal's clock. */
export function liveBlock(state: LiveState, now: Millis, columns: number): string {
  return [...state.values()]
    .map((experiment) => liveLine(experiment, now).slice(0, Math.max(columns - 1, 20)))
    .join('\n');
}

/** The same facts as one line for a log, where nothing can be redrawn. */
export function heartbeatLine(state: LiveState, now: Millis): string {
  return [...state.values()]
    .map((one) => `${one.name}: ${one.doing} for ${formatMillis(now - one.since)}, ${counts(one)}`)
    .join(' | ');
}

function liveLine(experiment: LiveExperiment, now: Millis): string {
  const elapsed = Math.max(now - experiment.since, 0);
  const progress =
    experiment.planned === undefined
      ? ''
      : ` ${bar(elapsed / experiment.planned)} ${formatMillis(Math.max(experiment.planned - elapsed, 0))} left`;
  return `  ${experiment.name}  ${experiment.doing}${progress || ` ${formatMillis(elapsed)}`}  ${counts(experiment)}`;
}

function bar(share: number): string {
  const filled = Math.round(Math.min(Math.max(share, 0), 1) * BAR_WIDTH);
  return `[${'='.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}]`;
}

function counts(experiment: LiveExperiment): string {
  if (experiment.samples === 0) return 'no answers yet';
  const last = experiment.lastLatency === undefined ? '' : `, last ${formatMillis(experiment.lastLatency)}`;
  return `${experiment.samples} answers, ${experiment.bad} bad${last}`;
}
