import { isDeepStrictEqual } from 'node:util';
import { isLeaving, phaseOf } from './blade.ts';
import type { Blade } from './blade.ts';

/** Whether the spec was changed between two versions of a blade. */
export function isRespecified(before: Blade | undefined, now: Blade): boolean {
  return before !== undefined && !isDeepStrictEqual(before.spec, now.spec);
}

/**
 * Whether the operator looks at a blade again after it changed from `before`, which is undefined for one that is new to
 * it. Everything else is dropped, also resyncs and what was left over by an operator that ended.
 */
export function concerns(before: Blade | undefined, now: Blade): boolean {
  if (!before) return phaseOf(now) === '' && !isLeaving(now);
  if (phaseOf(now) === 'Destroyed') return phaseOf(before) !== 'Destroyed';
  if (isRespecified(before, now)) return true;
  if (isLeaving(now) && !isLeaving(before)) return true;
  switch (phaseOf(now)) {
    case '':
      return true;
    case 'Initialized':
    case 'Updating':
      return phaseOf(before) !== phaseOf(now);
    default:
      return false;
  }
}
