import { HoldfastError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import { isRefusal } from '../../model/policy.ts';
import { type PreparedLab, step } from '../lab.ts';

/** Stops a run that meets an error before anything is touched; awaits the logins too. */
export async function preflight(lab: PreparedLab): Promise<void> {
  await step(lab, 'preflight', 'Check that it can work', async () => {
    const errors = lab.plan.findings.filter((it) => it.severity === 'error');
    const refusals = errors.filter(isRefusal);
    if (refusals.length > 0) throw refused(refusals);
    if (errors.length > 0) throw preflightFailed(errors);
    await lab.sampler;
  });
}

function refused(refusals: readonly Finding[]): HoldfastError {
  return new HoldfastError('POLICY_REFUSED', {
    message: refusals.map(({ message, where }) => `${message.replace(/\.$/, '')} (${where ?? ''})`).join('; '),
    hint: 'The findings say how to change each; nothing was touched.',
  });
}

function preflightFailed(errors: readonly Finding[]): HoldfastError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new HoldfastError('PREFLIGHT_FAILED', {
    message: `${first?.message ?? ''}${more}`,
    ...(first?.where !== undefined && { where: first.where }),
    hint: first?.hint ?? 'Nothing was touched.',
  });
}
