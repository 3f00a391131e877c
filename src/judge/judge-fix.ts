import type { FixConclusion } from '../model/conclusion.ts';
import { EXIT, exitCodeOf } from '../model/exit-code.ts';
import type { Verdict } from '../model/verdict.ts';

/** One side of a fix: the experiment there, and what came of it. */
export interface FixSide {
  readonly experiment: string;
  /** Absent where it did not come to an end. */
  readonly verdict?: Verdict;
  readonly reasons: readonly string[];
}

/**
 * Whether a fix fixes: only when the experiment failed before and passes after. `exitCode` is what the two verdicts and
 * an interrupt make by themselves; it stands wherever something may be left behind or the run was stopped.
 */
export function judgeFix(
  before: FixSide,
  after: FixSide,
  exitCode: number,
): Omit<FixConclusion, 'command' | 'before' | 'after'> {
  const asked = before.verdict === 'failed' ? [before.experiment] : [];
  const pair = STOPPED.has(exitCode) ? undefined : PAIRS[`${before.verdict} -> ${after.verdict}`];
  if (pair === undefined) {
    const sentences = [`Nothing is shown about the fix: ${endOf('before', before)}, ${endOf('after', after)}.`];
    return { outcome: 'undecided', exitCode: undecidedCode(before, after, exitCode), sentences, asked };
  }
  const { outcome, sentence } = pair;
  const why = after.verdict === 'failed' ? after.reasons.slice(0, 1).map((reason) => `After the fix: ${reason}`) : [];
  return { outcome, exitCode: pair.exitCode, sentences: [sentence, ...why], asked };
}

const STOPPED: ReadonlySet<number> = new Set([EXIT.dirty, EXIT.sighup, EXIT.sigint, EXIT.sigterm]);

const PAIRS: Readonly<
  Record<
    string,
    { readonly outcome: FixConclusion['outcome']; readonly exitCode: number; readonly sentence: string } | undefined
  >
> = {
  'failed -> passed': {
    outcome: 'fixed',
    exitCode: EXIT.ok,
    sentence: 'The fix is verified: the experiment failed before and passes after.',
  },
  'passed -> passed': {
    outcome: 'no-weakness',
    exitCode: EXIT.failed,
    sentence: 'The experiment does not show the weakness: it passed before the fix as well.',
  },
  'failed -> failed': {
    outcome: 'not-fixed',
    exitCode: EXIT.failed,
    sentence: 'It is not fixed: the experiment failed before and fails after.',
  },
  'passed -> failed': {
    outcome: 'regression',
    exitCode: EXIT.failed,
    sentence: 'The fix breaks it: the experiment passed before and fails after.',
  },
};

/** By what stands in the way, not by a `failed` beside it. */
function undecidedCode(before: FixSide, after: FixSide, exitCode: number): number {
  if (STOPPED.has(exitCode)) return exitCode;
  const others = [before, after].map((it) => it.verdict ?? 'interrupted').filter((it) => it !== 'failed');
  const code = exitCodeOf(others);
  return code === EXIT.ok ? EXIT.inconclusive : code;
}

function endOf(side: string, { verdict, reasons }: FixSide): string {
  const reason = verdict === 'passed' || verdict === 'failed' ? undefined : reasons[0];
  return `${side} it ended as ${verdict ?? 'interrupted'}${reason === undefined ? '' : ` (${reason})`}`;
}
