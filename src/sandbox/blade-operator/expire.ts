import { BLADES, isLeaving, phaseOf } from './blade.ts';
import type { Blade } from './blade.ts';
import type { Created } from './experiment.ts';
import { flagsOf } from './matchers.ts';
import type { Reconciling } from './reconcile.ts';
import { timeoutMs } from './timeout.ts';

const POLLS = 30;

/**
 * Waits for an experiment's `timeout` and then asks the tool pods, every second for half a minute, whether it is over;
 * if it is, the blade goes. After that nobody asks any more.
 */
export async function expire(
  context: Reconciling,
  blade: Blade,
  { status, targets }: Created,
  index: number,
): Promise<void> {
  const experiment = blade.spec.experiments[index];
  const hit = status.resStatuses?.filter(({ id, success }) => id !== undefined && success) ?? [];
  const limit = experiment && hit.length > 0 ? timeoutMs(flagsOf(experiment)) : undefined;
  if (limit === undefined) return;
  // No blade has been seen to go sooner than two seconds after its time.
  await context.sleep(limit + 1000);
  for (let poll = 0; poll < POLLS; poll += 1) {
    await context.sleep(1000);
    // Ids come in the order of completion, targets in that of selection: with several, the wrong tool pod may be asked.
    const isOver = hit.every(({ id = '' }, at) => context.tools.status(targets[at]?.node ?? '', id) === 'Destroyed');
    if (isOver) return endBlade(context, blade);
  }
}

/** Deletes the blade; since 1.8 it is marked first, so that nothing is destroyed a second time. */
function endBlade({ store, version }: Reconciling, { metadata: { name, uid } }: Blade): void {
  const now = store.get(BLADES, undefined, name) as Blade | undefined;
  if (now?.metadata.uid !== uid || !now || isLeaving(now) || phaseOf(now) !== 'Running') return;
  if (version !== '0.8' && now.status) {
    store.replaceStatus(BLADES, { ...now, status: { ...now.status, phase: 'Destroyed' } });
  }
  if (store.get(BLADES, undefined, name)) store.remove(BLADES, undefined, name);
}
