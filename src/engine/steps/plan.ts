import type { FaultDriver } from '../../faults/driver.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { Fault } from '../../model/fault.ts';
import type { HypothesisProbe } from '../../model/hypothesis.ts';
import type { Plan } from '../../model/plan.ts';
import type { PreparedSetup } from '../../undo/setup.ts';
import { clearLeftovers, touchedBy } from '../clear-leftovers.ts';
import { effectOf } from '../effect.ts';
import { type ConnectedLab, type FaultRun, type PreparedLab, contextOf, step } from '../lab.ts';
import { findLeftovers } from '../leftovers.ts';
import type { World } from '../world.ts';
import { urlOf } from './connect.ts';

/** Reads what the faults and the setup will touch; says exactly what will be written, before anything is. */
export async function plan(lab: ConnectedLab): Promise<PreparedLab> {
  return step(lab, 'plan', 'Work out what will be written', async () => {
    const prepared = await prepareCleared(lab);
    lab.book.faults(prepared.faults);
    for (const finding of prepared.plan.findings) lab.emit({ type: 'finding', finding });
    lab.emit({ type: 'planned', plan: prepared.plan });
    return prepared;
  });
}

/** Leftovers may stand in the way of the plan itself, so they are looked for beside it. */
async function prepareCleared(lab: ConnectedLab): Promise<PreparedLab> {
  const [first, leftovers] = await Promise.all([
    prepare(lab).then(
      (prepared) => ({ prepared, touched: touchedBy(prepared) }),
      (error: unknown) => ({ error, touched: whereOf(error) }),
    ),
    findLeftovers(lab.world, contextOf(lab)),
  ]);
  const cleared = await clearLeftovers(
    lab,
    leftovers.filter((it) => first.touched.has(it.where)),
  );
  if (cleared === 'recovered') return prepare(lab);
  if ('error' in first) throw first.error;
  return first.prepared;
}

function whereOf(error: unknown): ReadonlySet<string> {
  return new Set(error instanceof HoldfastError && error.details.where !== undefined ? [error.details.where] : []);
}

/** Reads what each fault and the setup would do; says nothing and checks nothing. */
export async function prepare(lab: ConnectedLab): Promise<PreparedLab> {
  const { experiment, runId, world } = lab;
  const context = contextOf(lab);
  const setup = await world.setup.prepare(runId, experiment.setup, experiment.namespace, context);
  const faults = await Promise.all(experiment.faults.map(async (fault) => prepareFault(lab, fault)));
  return { ...lab, setup, faults, plan: planOf(lab, setup, faults) };
}

async function prepareFault(lab: ConnectedLab, fault: Fault): Promise<FaultRun> {
  const driver = driverOf(lab.world, fault);
  const prepared = await driver.preflight(lab.runId, fault, lab.experiment, contextOf(lab));
  return { fault, driver, prepared, evidence: [] };
}

export function driverOf(world: World, { spec }: Fault): FaultDriver {
  const driver = world.drivers.find((it) => it.name === spec.driver);
  if (driver !== undefined) return driver;
  throw new HoldfastError('INTERNAL', { message: `There is no driver "${spec.driver}".` });
}

function planOf(lab: ConnectedLab, setup: PreparedSetup, faults: readonly FaultRun[]): Plan {
  const { experiment, world, ingress } = lab;
  const { phases } = experiment;
  const plans = faults.map((it) => it.prepared.plan);
  const keys = new Set([...setup.lockKeys, ...plans.flatMap((it) => it.lockKeys)]);
  const effects = experiment.faults.map((it) => effectOf(it).delay);
  return {
    experiment: experiment.name,
    context: world.target.context,
    ingress: `${urlOf(ingress)} (Host ${ingress.host})`,
    setup: setup.changes,
    faults: plans,
    lockKeys: [...keys].sort(),
    inFlight: experiment.hypothesis.map((probe) => inFlightOf(probe, Math.max(0, ...effects))),
    // Each effect is waited for once to be seen.
    duration: phases.baseline + Math.max(0, ...effects) + phases.fault + phases.recovery.stable,
    findings: [...setup.findings, ...faults.flatMap((it) => it.prepared.findings)],
  };
}

function inFlightOf({ name, pacing, http }: HypothesisProbe, delay: number): Plan['inFlight'][number] {
  if (pacing.kind === 'closed') return { probe: name, needed: pacing.concurrency, allowed: pacing.concurrency };
  // A delayed call may be tried again by its caller, so nothing but the timeout bounds a request under a delay.
  const longest = delay > 0 ? http.timeout : Math.min(http.timeout, 1000);
  return {
    probe: name,
    needed: Math.max(1, Math.ceil((pacing.perSecond * longest) / 1000)),
    allowed: pacing.maxInFlight,
  };
}
