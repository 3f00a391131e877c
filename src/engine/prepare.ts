import type { DriverContext, FaultDriver } from '../faults/driver.ts';
import { inFlightOf } from '../lint/in-flight.ts';
import { lintFindings } from '../lint/lint.ts';
import type { LintContext } from '../lint/rule.ts';
import { HoldfastError } from '../model/errors.ts';
import { describeRef } from '../model/describe-ref.ts';
import type { Experiment } from '../model/experiment.ts';
import type { Fault } from '../model/fault.ts';
import { errorsFirst, type Finding } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { PreparedSetup } from '../undo/setup.ts';
import { cachedReads } from './cached-reads.ts';
import { type ConnectedLab, type FaultRun, contextOf } from './lab.ts';
import type { World } from './world.ts';

/** What is needed to look at an experiment without running it. */
export type Look = Pick<ConnectedLab, 'experiment' | 'runId' | 'world' | 'ingress' | 'clock' | 'signal'>;

/** What an experiment would do, from what was read. */
export interface Prepared {
  readonly setup: PreparedSetup;
  readonly faults: readonly FaultRun[];
  readonly plan: Plan;
}

/** Reads what each fault and the setup would do; touches nothing, says nothing. */
export async function prepare(look: Look): Promise<Prepared> {
  const { setup, faults } = await readAll(look.world, look.experiment, look.runId, contextOf(look));
  const plan = planOf(look, setup, faults);
  const [refused, noLocks] = await Promise.all([
    look.world.checkPolicy(look.experiment, plan, look.signal),
    look.world.checkLocks(plan.lockKeys, look.signal),
  ]);
  return { setup, faults, plan: { ...plan, findings: errorsFirst([...refused, ...plan.findings, ...noLocks]) } };
}

/** With more findings in the plan. */
export function withFindings(prepared: Prepared, more: readonly Finding[]): Prepared {
  const { plan } = prepared;
  return more.length === 0
    ? prepared
    : { ...prepared, plan: { ...plan, findings: errorsFirst([...plan.findings, ...more]) } };
}

/** What an experiment would lock. */
export async function lockKeysOf(
  world: World,
  experiment: Experiment,
  runId: string,
  context: DriverContext,
): Promise<readonly string[]> {
  const { setup, faults } = await readAll(world, experiment, runId, context);
  return keysOf(setup, faults);
}

/** The objects that a plan writes to, and those its findings are about. */
export function touchedBy({ plan, setup }: Prepared): ReadonlySet<string> {
  const changes = [...setup.changes, ...plan.faults.flatMap((it) => it.changes)];
  return new Set([...changes.map((it) => describeRef(it.object)), ...plan.findings.flatMap((it) => it.where ?? [])]);
}

async function readAll(
  world: World,
  experiment: Experiment,
  runId: string,
  uncached: DriverContext,
): Promise<Omit<Prepared, 'plan'>> {
  const context = { ...uncached, cluster: cachedReads(uncached.cluster) };
  const [setup, faults] = await Promise.all([
    world.setup.prepare(runId, experiment.setup, experiment.namespace, context),
    Promise.all(
      experiment.faults.map(async (fault): Promise<FaultRun> => {
        const driver = driverOf(world, fault);
        return { fault, driver, prepared: await driver.preflight(runId, fault, experiment, context), evidence: [] };
      }),
    ),
  ]);
  return { setup, faults };
}

function lintContext(world: World): LintContext {
  return { effectOf: (fault) => driverOf(world, fault).effect(fault), openFiles: world.openFiles };
}

function driverOf(world: World, { spec }: Fault): FaultDriver {
  const driver = world.drivers.find((it) => it.name === spec.driver);
  if (driver !== undefined) return driver;
  throw new HoldfastError('INTERNAL', { message: `There is no driver "${spec.driver}".` });
}

function planOf({ experiment, world, ingress }: Look, setup: PreparedSetup, faults: readonly FaultRun[]): Plan {
  const { phases } = experiment;
  const longest = Math.max(0, ...faults.map((it) => it.driver.effect(it.fault).delay));
  const context = lintContext(world);
  return {
    experiment: experiment.name,
    context: world.target.context,
    ingress: `${urlOf(ingress)} (Host ${ingress.host})`,
    setup: setup.changes,
    faults: faults.map((it) => it.prepared.plan),
    lockKeys: keysOf(setup, faults),
    inFlight: inFlightOf(experiment, context),
    // The effect is waited for once to be seen.
    duration: phases.baseline + longest + phases.fault + phases.recovery.stable,
    findings: [
      ...setup.findings,
      ...faults.flatMap((it) => it.prepared.findings),
      ...lintFindings(experiment, context),
    ],
  };
}

function keysOf(setup: PreparedSetup, faults: readonly FaultRun[]): readonly string[] {
  return [...new Set([...setup.lockKeys, ...faults.flatMap((it) => it.prepared.plan.lockKeys)])].sort();
}

/** Where requests go, as people write it. */
export function urlOf({ scheme, address, port }: ConnectedLab['ingress']): string {
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
