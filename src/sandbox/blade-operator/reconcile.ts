import type { VersionedStore } from '../api-server/store.ts';
import type { Store } from '../store.ts';
import { BLADES, FINALIZER, isLeaving, phaseOf } from './blade.ts';
import type { Blade, BladeSpec, BladeStatus, ExpStatus, Phase } from './blade.ts';
import { createExperiment, destroyExperiment } from './experiment.ts';
import type { Created, ExperimentContext } from './experiment.ts';
import { readSwitches } from './switches.ts';

export type BladeStore = Store & Pick<VersionedStore, 'replaceStatus'>;

export interface Reconciling extends ExperimentContext {
  readonly store: BladeStore;
  /** Rejects when the operator goes away. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Told when a blade's experiments stand as `status` says. */
  readonly onCreated: (blade: Blade, created: readonly Created[]) => void;
}

/**
 * One look at a blade. `preSpec` is its spec before a change that has not been acted on. Every status is written once, at
 * the end, with the resourceVersion from before: whoever writes meanwhile makes that fail, and what was done is forgotten.
 */
export async function reconcile(context: Reconciling, name: string, preSpec: BladeSpec | undefined): Promise<void> {
  const blade = context.store.get(BLADES, undefined, name) as Blade | undefined;
  if (!blade || blade.spec.experiments.length === 0) return;
  const phase = phaseOf(blade);
  if (phase !== 'Destroyed' && isLeaving(blade)) return destroy(context, blade, blade.spec, 'Destroyed');
  switch (phase) {
    case '':
      return initialize(context.store, blade);
    case 'Initialized':
    case 'Updating':
      return create(context, blade);
    case 'Running':
    case 'Error':
      if (preSpec) await destroy(context, rememberSpec(context.store, blade, preSpec), preSpec, 'Updating');
      return;
    case 'Destroying':
      if (preSpec) await destroy(context, blade, preSpec, 'Destroyed');
      return;
    case 'Destroyed':
      return release(context.store, blade);
  }
}

function initialize(store: BladeStore, blade: Blade): void {
  const { finalizers = [] } = blade.metadata;
  if (finalizers.includes(FINALIZER)) return putStatus(store, blade, { phase: 'Initialized', expStatuses: [] });
  store.update(BLADES, { ...blade, metadata: { ...blade.metadata, finalizers: [...finalizers, FINALIZER] } });
}

async function create(context: Reconciling, blade: Blade): Promise<void> {
  const created: Created[] = [];
  await context.sleep(readSwitches(context.store).slowMs);
  for (const experiment of blade.spec.experiments) {
    created.push(await createExperiment(context, experiment));
    // A dead operator writes nothing.
    await context.sleep(0);
  }
  const expStatuses = created.map(({ status }) => status);
  const phase: Phase = expStatuses.some(({ success }) => success) ? 'Running' : 'Error';
  putStatus(context.store, blade, { phase, expStatuses });
  context.onCreated(blade, created);
}

/** The annotation with the old spec takes the place of every annotation there was. */
function rememberSpec(store: BladeStore, blade: Blade, preSpec: BladeSpec): Blade {
  const annotations = { preSpec: JSON.stringify(preSpec) };
  return store.update(BLADES, { ...blade, metadata: { ...blade.metadata, annotations } }) as Blade;
}

async function destroy(context: Reconciling, blade: Blade, spec: BladeSpec, next: Phase): Promise<void> {
  const before = blade.status?.expStatuses ?? null;
  if (before?.length !== spec.experiments.length) {
    // Nothing is known of what was done, so nothing is undone.
    return putStatus(context.store, blade, { phase: next, expStatuses: before });
  }
  await context.sleep(readSwitches(context.store).slowMs);
  const expStatuses: ExpStatus[] = [];
  for (const [index, experiment] of spec.experiments.entries()) {
    const status = before[index];
    if (status) expStatuses.push(await destroyExperiment(context, experiment, status));
    await context.sleep(0);
  }
  const phase = expStatuses.every(({ success }) => success) ? next : 'Destroying';
  putStatus(context.store, blade, { phase, expStatuses });
}

function release(store: BladeStore, blade: Blade): void {
  const finalizers = (blade.metadata.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
  store.update(BLADES, { ...blade, metadata: { ...blade.metadata, finalizers } });
}

function putStatus(store: BladeStore, blade: Blade, status: BladeStatus): void {
  // The store knows no schema; the API server would answer 422 here.
  if (status.expStatuses === null) {
    throw new Error(
      `ChaosBlade.chaosblade.io "${blade.metadata.name}" is invalid: status.expStatuses: must be an array`,
    );
  }
  store.replaceStatus(BLADES, { ...blade, status });
}
