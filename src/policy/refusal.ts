import type { Finding } from '../model/finding.ts';
import type { RefusalCode } from '../model/policy.ts';

/** One rule of a policy that an experiment breaks: which, what broke it, how to change either. */
export interface Refusal extends Finding {
  readonly severity: 'error';
  readonly code: RefusalCode;
  /** Where the rule stands: `holdfast.config.yaml:12`, or that it is built in. */
  readonly where: string;
  /** Line of the experiment's file that breaks it, where one line does. */
  readonly line?: number;
}

/** A refusal by the rule of this name. */
export function refusal(
  rule: string,
  where: string,
  { why, change, line }: { readonly why: string; readonly change: string; readonly line?: number },
  code: RefusalCode = 'POLICY_REFUSED',
): Refusal {
  const message = `\`${rule}\` refuses it: ${why}.`;
  return { severity: 'error', code, message, where, hint: change, ...(line !== undefined && { line }) };
}
