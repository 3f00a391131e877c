import { HoldfastError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import { type FoundLeftover, findLeftovers, nameOf } from '../leftovers.ts';
import { type ConnectedLab, type PreparedLab, contextOf, step, uncut } from '../lab.ts';

/** Stops a run that meets an error before anything is touched; awaits the logins too. */
export async function preflight(lab: PreparedLab): Promise<void> {
  await step(lab, 'preflight', 'Check that it can work', async () => {
    lab.world.guard(namespacesOf(lab));
    const errors = lab.plan.findings.filter((it) => it.severity === 'error');
    if (errors.length > 0) throw preflightFailed(errors);
    await lab.sampler;
  });
}

/** Refuses (or recovers) what earlier runs left on the objects that this run will touch. */
export async function clearLeftovers(lab: ConnectedLab, touched: ReadonlySet<string>): Promise<'clear' | 'recovered'> {
  const found = (await findLeftovers(lab.world, contextOf(lab))).filter((it) => touched.has(it.where));
  if (found.length === 0) return 'clear';
  const live = await lab.world.liveRuns(lab.signal);
  const held = found.find((it) => it.run !== lab.runId && live.has(it.run));
  if (held !== undefined) throw heldByLiveRun(held);
  if (!lab.recover) throw leftoversFound(found, lab.world.cluster.context);
  for (const leftover of found) {
    await leftover.undo(contextOf(lab, uncut()));
    lab.emit({ type: 'note', text: `recovered ${leftover.where} from ${leftover.what} of run ${leftover.run}` });
  }
  return 'recovered';
}

/** The objects that the plan writes to, and those its findings are about. */
export function touchedBy({ plan, setup }: PreparedLab): ReadonlySet<string> {
  const changes = [...setup.changes, ...plan.faults.flatMap((it) => it.changes)];
  return new Set([...changes.map((it) => nameOf(it.object)), ...plan.findings.flatMap((it) => it.where ?? [])]);
}

function namespacesOf({ plan, setup }: PreparedLab): readonly string[] {
  const changes = [...setup.changes, ...plan.faults.flatMap((it) => it.changes)];
  return [...new Set(changes.flatMap((it) => it.object.namespace ?? []))];
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

function leftoversFound(found: readonly FoundLeftover[], context: string): HoldfastError {
  const runs = [...new Set(found.map((it) => it.run))].join(', ');
  return new HoldfastError('LEFTOVERS_FOUND', {
    message: `${found.map((it) => it.where).join(', ')} still carries what run ${runs} left behind.`,
    hint: `Run \`holdfast recover --context ${context}\`, or give --recover to do so before injecting.`,
  });
}

function heldByLiveRun({ where, run }: FoundLeftover): HoldfastError {
  return new HoldfastError('LOCKED', {
    message: `Run ${run} is at work on it.`,
    where,
    hint: 'Wait until it has ended; `holdfast status` shows it.',
  });
}
