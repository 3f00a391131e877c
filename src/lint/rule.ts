import type { Effect } from '../faults/driver.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Fault } from '../model/fault.ts';
import type { FindingCode } from '../model/finding-codes.ts';
import type { Path } from '../model/place.ts';

/** What a rule noticed in an experiment, at the key it is about. */
export interface Remark {
  readonly code: FindingCode;
  readonly message: string;
  readonly path: Path;
  readonly hint: string;
}

/** What the file alone does not tell. */
export interface LintContext {
  effectOf(fault: Fault): Effect;
  /** How many files and sockets this process may open; undefined where that is not known. */
  openFiles(): number | undefined;
}

/** One trap: pure, offline, and silent where it is not sure. */
export type Rule = (experiment: Experiment, context: LintContext) => readonly Remark[];
