import { type Finding, pageOf } from './finding.ts';

/** not-proven: not seen to bite. contradicted: seen not to act, although it is in. */
export type Proof = 'proven' | 'not-proven' | 'contradicted';

/** Why a fault was not seen to bite, as far as looking told. */
export interface Explanation {
  /** What shows that the fault does not act although it is in, in one sentence; absent where nothing shows it. */
  readonly contradiction?: string;
  /** Most likely first. */
  readonly reasons: readonly Finding[];
  /** What was looked at, in short phrases. */
  readonly looked: readonly string[];
}

/** How far the proof of a fault came; undefined where it was never tried. */
export function proofOf(fault: { readonly proven?: boolean; readonly explanation?: Explanation }): Proof | undefined {
  if (fault.proven === undefined) return undefined;
  if (fault.proven) return 'proven';
  return fault.explanation?.contradiction === undefined ? 'not-proven' : 'contradicted';
}

/** The reasons as lines for people, the likeliest first; where none was found, what was looked at. */
export function tellReasons({ reasons, looked }: Explanation): readonly string[] {
  if (reasons.length === 0) {
    return [`nothing found by looking${looked.length === 0 ? '' : ` at: ${looked.join('; ')}`}`];
  }
  return reasons.map(({ code, message, hint }, index) => {
    const lead = index === 0 ? 'most likely' : 'or';
    return `${lead}: ${message}${hint === undefined ? '' : ` ${hint}`} (${pageOf(code)})`;
  });
}
