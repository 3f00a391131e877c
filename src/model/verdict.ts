/** The verdict on one experiment. `known-weakness` and `unexpected-pass` exist only where the file says `expected`. */
export const VERDICTS = [
  'passed',
  'failed',
  'inconclusive',
  'error',
  'interrupted',
  'rollback-failed',
  'skipped',
  'known-weakness',
  'unexpected-pass',
  'locked',
  'refused',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The verdict on one probe in one phase. */
export type ProbeVerdict = 'passed' | 'failed' | 'inconclusive' | 'skipped';
