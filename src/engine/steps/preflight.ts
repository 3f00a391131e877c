import { HoldfastError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import { type PreparedLab, step } from '../lab.ts';

/** Stops a run that meets an error before anything is touched; awaits the logins too. */
export async function preflight(lab: PreparedLab): Promise<void> {
  await step(lab, 'preflight', 'Check that it can work', async () => {
    lab.world.guard(namespacesOf(lab));
    const errors = lab.plan.findings.filter((it) => it.severity === 'error');
    if (errors.length > 0) throw preflightFailed(errors);
    await lab.sampler;
  });
}

function namespacesOf({ plan, setup }: PreparedLab): readonly string[] {
  const changes = [...setup.changes, ...plan.faults.flatMap((it) => it.changes)];
  const hit = plan.faults.flatMap((it) => it.namespaces ?? []);
  return [...new Set([...changes.flatMap((it) => it.object.namespace ?? []), ...hit])];
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
