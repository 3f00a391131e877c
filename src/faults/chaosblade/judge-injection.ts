import { type BladeStatus, errorsOf, targetName, type TargetStatus } from './status.ts';
import { describeTarget, type Expected, targetOf } from './targets.ts';

export type InjectionVerdict =
  | { readonly kind: 'injected'; readonly names: readonly string[] }
  /** `hit`: targets that the operator says it did hit all the same. */
  | { readonly kind: 'failed'; readonly why: string; readonly hit: readonly string[] };

/**
 * Whether a terminal status says that exactly the expected targets were hit. Phase `Running` alone does not: it needs one
 * target that worked, and some operators report it for none at all.
 */
export function judgeInjection(status: BladeStatus, expected: Expected): InjectionVerdict {
  const reported = status.targets.map((it) => ({ it, target: targetOf(it, expected.candidates) }));
  const hit = new Set(reported.flatMap(({ it }) => (it.success ? [targetName(withoutContainer(it))] : [])));
  const fail = (why: string): InjectionVerdict => ({ kind: 'failed', why, hit: [...hit] });
  const errors = errorsOf(status);
  const said = errors.length === 0 ? '' : ` The operator says: ${errors.join('; ')}.`;
  // The phase of an experiment that the tool carries out is Error as soon as one target failed.
  const some = hit.size === 0 ? '' : `, though ${hit.size} of ${expected.take} targets worked`;
  if (status.phase !== 'Running' || !status.success) return fail(`it ended in phase ${status.phase}${some}.${said}`);
  if (reported.length === 0) return fail('the operator says Running but names no target: nothing was injected.');
  if (errors.length > 0) return fail(`${hit.size} of ${expected.take} targets worked.${said}`);
  const strangers = reported.filter(({ target }) => target === undefined).map(({ it }) => targetName(it));
  if (strangers.length > 0) return fail(`it hit what was not selected: ${strangers.join(', ')}.`);
  const names = new Set(reported.flatMap(({ target }) => (target === undefined ? [] : [describeTarget(target)])));
  if (names.size === expected.take) return { kind: 'injected', names: [...names] };
  const missing = expected.candidates.map(describeTarget).filter((name) => !names.has(name));
  return fail(`it hit ${names.size} of ${expected.take} targets; not hit: ${missing.join(', ')}.`);
}

function withoutContainer({ container: _container, ...rest }: TargetStatus): TargetStatus {
  return rest;
}
