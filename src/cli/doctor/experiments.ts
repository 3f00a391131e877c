import type { World } from '../../engine/world.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { Plan } from '../../model/plan.ts';
import { planOne } from '../plan-experiments.ts';
import { type Check, look, ofFinding, ok } from './check.ts';

/** What the preflight of an experiment says, and how many requests it has under way at once. */
export interface Looked {
  readonly checks: readonly Check[];
  readonly inFlight: number;
}

/** The preflights of these experiments. */
export async function checkExperiments(
  experiments: readonly Experiment[],
  world: World,
  runId: string,
): Promise<Looked> {
  const plans: Plan[] = [];
  const checks: Check[] = [];
  for (const experiment of experiments) {
    const what = `experiment ${experiment.name}`;
    const found = await look(what, async () => {
      const plan = await planOne(experiment, world, runId);
      plans.push(plan);
      if (plan.findings.length > 0) return plan.findings.map((it) => ofFinding(what, it));
      return [ok(what, `Nothing stands in its way: it would lock ${plan.lockKeys.join(', ')}.`)];
    });
    checks.push(...found.map((check) => unseen(check)));
  }
  const needs = plans.map((plan) =>
    plan.inFlight.reduce((sum, { needed, allowed }) => sum + Math.min(needed, allowed), 0),
  );
  return { checks, inFlight: Math.max(0, ...needs) };
}

/** What may not be read stops the run of an experiment, whatever it is to the rest. */
function unseen(check: Check): Check {
  return check.level === 'not-looked-at' ? { ...check, level: 'error', code: 'API_FORBIDDEN' } : check;
}
