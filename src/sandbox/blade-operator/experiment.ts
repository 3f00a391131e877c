import type { Store } from '../store.ts';
import type { Pod } from '../workloads/kinds.ts';
import { isReady } from '../workloads/kinds.ts';
import { findAction } from './actions.ts';
import type { Experiment, ExpStatus, ResStatus } from './blade.ts';
import { flagsOf, toolFlags } from './matchers.ts';
import { Refusal, textOf } from './refusal.ts';
import { selectTargets } from './select-targets.ts';
import type { Selecting } from './select-targets.ts';
import { isToFail, readSwitches } from './switches.ts';
import { identifierOf } from './targets.ts';
import type { Target } from './targets.ts';
import type { Command, Tools } from './tools.ts';
import { WORDINGS } from './wording.ts';

export interface ExperimentContext extends Selecting {
  readonly tools: Tools;
}

/** What was made of an experiment: its status, and its targets in the order in which they were selected. */
export interface Created {
  readonly status: ExpStatus;
  readonly targets: readonly Target[];
}

/** Selects an experiment's targets and hits them. */
export async function createExperiment(context: ExperimentContext, experiment: Experiment): Promise<Created> {
  const { scope, target, action: name } = experiment;
  try {
    const targets = selectTargets(context, experiment);
    const action = findAction(context.version, scope, target, name);
    if (!action) throw new Refusal(WORDINGS[context.version].unknownAction(target, name));
    const command = { name, action, flags: toolFlags(flagsOf(experiment)) };
    const results = action.ofOperator
      ? targets.map((each) => hitPod(context.store, each, command))
      : await inTools(context, targets, (each) => createAt(context.tools, each, command));
    return { status: summary(experiment, results, action.ofOperator), targets };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const isKnown = scope === 'node' || scope === 'pod' || scope === 'container';
    const names = isKnown ? { scope, target, action: name } : { scope: '', target: '', action: '' };
    return { status: { ...names, success: false, state: 'Error', error: error.message }, targets: [] };
  }
}

/** Takes an experiment back where its status says that it succeeded; what failed is left alone. */
export async function destroyExperiment(
  context: ExperimentContext,
  experiment: Experiment,
  status: ExpStatus,
): Promise<ExpStatus> {
  const { error: _error, ...rest } = status;
  const before = status.resStatuses ?? [];
  if (before.length === 0) return { ...rest, success: true, state: 'Destroyed' };
  if (findAction(context.version, experiment.scope, experiment.target, experiment.action)?.ofOperator === true) {
    const resStatuses = before.map(destroyedPod);
    return { ...rest, success: true, state: 'Destroyed', resStatuses };
  }
  const resStatuses: ResStatus[] = [];
  for (const each of before) resStatuses.push(each.success ? await destroyAt(context.tools, each) : each);
  const hasFailed = resStatuses.some((each, index) => before[index]?.success === true && !each.success);
  // The state keeps what it was when a destroy fails.
  if (hasFailed) return { ...status, success: false, error: 'see resStatus for the error details', resStatuses };
  return { ...rest, success: true, state: 'Success', resStatuses };
}

function destroyedPod({ kind, identifier }: ResStatus): ResStatus {
  return { kind, identifier, success: true, state: 'Destroyed' };
}

async function destroyAt(tools: Tools, status: ResStatus): Promise<ResStatus> {
  try {
    await tools.destroy(status.id ?? '');
    return status;
  } catch (error) {
    return { ...status, success: false, state: 'Error', error: textOf(error) };
  }
}

/** One after another in 0.8, all at once later; results come in the order in which they are there. */
async function inTools(
  { version }: Selecting,
  targets: readonly Target[],
  run: (target: Target) => Promise<ResStatus>,
): Promise<ResStatus[]> {
  const results: ResStatus[] = [];
  if (version === '0.8') for (const target of targets) results.push(await run(target));
  else await Promise.all(targets.map(async (target) => void results.push(await run(target))));
  return results;
}

async function createAt(tools: Tools, target: Target, command: Command): Promise<ResStatus> {
  const named = { kind: target.scope, identifier: identifierOf(target, false) };
  try {
    return { id: await tools.create(target, command), ...named, state: 'Success', success: true };
  } catch (error) {
    return { ...named, state: 'Error', success: false, error: textOf(error) };
  }
}

/** Deletes the pod with its own grace period; other deeds at pods are only told. */
function hitPod(store: Store, target: Target, { name, action }: Command): ResStatus {
  const switches = readSwitches(store);
  const namespace = target.pod?.namespace;
  const named = { kind: 'pod', identifier: identifierOf(target, true) };
  try {
    const pod = store.get('pods', namespace, target.name) as Pod | undefined;
    if (isToFail(switches, target.name)) throw new Refusal(switches.failText);
    if (name === 'fail' && !(pod && isReady(pod))) throw new Refusal(`\`${target.name}\` pod is not ready`);
    if (action.deed === 'delete' && !switches.noEffect) {
      store.remove('pods', namespace, target.name, { gracePeriodSeconds: 'default' });
    }
    return { ...named, state: 'Success', success: true };
  } catch (error) {
    return { ...named, state: 'Error', success: false, error: textOf(error) };
  }
}

/** In tool pods every target must succeed, for pods themselves one is enough. */
function summary({ scope, target, action }: Experiment, results: ResStatus[], ofOperator: boolean): ExpStatus {
  const success = ofOperator ? results.some((each) => each.success) : results.every((each) => each.success);
  const error = ofOperator ? 'see resStatuses for details' : 'see resStatus for the error details';
  return {
    scope,
    target,
    action,
    success,
    state: success ? 'Success' : 'Error',
    ...(!success && { error }),
    ...(results.length > 0 && { resStatuses: results }),
  };
}
