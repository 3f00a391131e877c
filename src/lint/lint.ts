import type { Experiment } from '../model/experiment.ts';
import { type Finding, finding } from '../model/finding.ts';
import { whereOf } from '../model/place.ts';
import type { LintContext, Remark, Rule } from './rule.ts';
import { cannotFail } from './rules/cannot-fail.ts';
import { connectionKept } from './rules/connection-kept.ts';
import { gatewayMissed } from './rules/gateway-missed.ts';
import { headerNotSent } from './rules/header-not-sent.ts';
import { inFlightLimit } from './rules/in-flight-limit.ts';
import { openFilesLow } from './rules/open-files-low.ts';
import { proofHoldsAnyway } from './rules/proof-holds-anyway.ts';
import { recoveryTooShort } from './rules/recovery-too-short.ts';
import { sessionUnused } from './rules/session-unused.ts';
import { statusOnly } from './rules/status-only.ts';
import { timeoutTooShort } from './rules/timeout-too-short.ts';
import { tooFewHits } from './rules/too-few-hits.ts';
import { tooFewRequests } from './rules/too-few-requests.ts';

const RULES: readonly Rule[] = [
  timeoutTooShort,
  statusOnly,
  proofHoldsAnyway,
  cannotFail,
  headerNotSent,
  gatewayMissed,
  sessionUnused,
  tooFewRequests,
  tooFewHits,
  recoveryTooShort,
  connectionKept,
  inFlightLimit,
  openFilesLow,
];

/** The traps that an experiment walks into, as far as its file shows them. */
export function lint(experiment: Experiment, context: LintContext): readonly Remark[] {
  return RULES.flatMap((rule) => rule(experiment, context));
}

/** The same as findings, each at `file:line:column`. */
export function lintFindings(experiment: Experiment, context: LintContext): readonly Finding[] {
  return lint(experiment, context).map(({ code, message, path, hint }) =>
    finding(code, message, whereOf(experiment, path), hint),
  );
}
