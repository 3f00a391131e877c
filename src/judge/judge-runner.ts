import type { Millis } from '../model/clock.ts';
import { HELD_UP_AFTER, type LoopLoad, type RunnerLoad } from '../model/runner-load.ts';
import { percent, time } from './words.ts';

/** What a busy runner means for what it measured. */
export interface RunnerVerdict {
  /** By how much our own standing still may have made an answer look slower; 0 when times can be believed. */
  readonly doubtMs: Millis;
  /** What to say of it, with figures; absent when there is nothing. */
  readonly warning?: string;
}

/** The probe thread was held up for more than this share of the time: limits on time are not decided against the system. */
const HELD_UP_SHARE = 0.01;
/** A thread with less time to itself than this will soon be late. */
const FULL = 0.9;
/** All processors at work: whoever needs one waits. */
const ALL_BUSY = 0.95;
/** Time that a hypervisor gave to others. */
const MUCH_STOLEN = 0.05;
/** A main thread that stands still longer is late for a lock's renewal or a stop. */
const MAIN_HELD_UP: Millis = 1000;

/** Whether the runner kept up with a phase. */
export function judgeRunner(load: RunnerLoad): RunnerVerdict {
  const { probes, main, cpu, overMs } = load;
  const isHeldUp = probes.heldUpMs > overMs * HELD_UP_SHARE;
  const isSlowed = probes.longestMs > HELD_UP_AFTER;
  const signs = [
    ...(isHeldUp || probes.utilization > FULL ? [`the probe thread was ${tell(probes)}`] : []),
    ...(main.longestMs > MAIN_HELD_UP || main.utilization > FULL ? [`the main thread was ${tell(main)}`] : []),
    // A full machine alone is no harm, as long as it lets us run in time.
    ...(cpu !== undefined && isSlowed && cpu.busy + cpu.stolen > ALL_BUSY
      ? [`processors ${percent(cpu.busy)} busy`]
      : []),
    ...(cpu !== undefined && cpu.stolen > MUCH_STOLEN ? [`${percent(cpu.stolen)} of their time stolen`] : []),
  ];
  const effect = isHeldUp ? '; what only its own delays may have made slow is not decided' : '';
  return {
    // A busy thread reads an answer piece by piece, each after another pause: any number of them may be in one time.
    doubtMs: isHeldUp ? probes.heldUpMs : 0,
    ...(signs.length > 0 && { warning: `this machine is too busy to measure well: ${signs.join(', ')}${effect}` }),
  };
}

function tell({ utilization, longestMs, heldUpMs }: LoopLoad): string {
  return `${percent(utilization)} at work and held up for ${time(heldUpMs)}, ${time(longestMs)} at the longest`;
}
