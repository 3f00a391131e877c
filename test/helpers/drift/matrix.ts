import type { StoredObject } from '../../../src/sandbox/store.ts';
import { differences, takeSnapshot } from '../crash/snapshot.ts';
import { type CrashWorld, startCrashWorld } from '../crash/world.ts';
import type { TestSandbox } from '../start-sandbox.ts';
import { judgeDrift } from './judge-drift.ts';
import { type Case, meddle } from './meddle.ts';
import { MOMENTS, TARGETS } from './targets.ts';

/** One case, and what was wrong. */
export interface Judged extends Case {
  readonly troubles: readonly string[];
}

/** Every kind of object, with everything that somebody may do to it, at every moment at which that can be. */
export const CASES: readonly Case[] = TARGETS.flatMap((target) =>
  target.moments.flatMap((moment) =>
    target.actions
      // After the rollback there are no marks on what a fault touched; a setup stays until the end.
      .filter((action) => !(moment === 'recovery' && target.experiment !== 'setup' && action.ofMarks === true))
      // A phase ends before kubectl has started.
      .filter((action) => !(action.isSlow === true && moment !== 'fault'))
      .filter((action) => !(action.ofExisting === true && target.isCreated === true))
      .map((action) => ({ target, action, moment })),
  ),
);

export function titleOf({ target, action, moment }: Case): string {
  return `${target.name}, ${action.name}, ${MOMENTS[moment]}`;
}

/** Works cases off in worlds side by side. What is not as it was afterwards is told, and the world replaced. */
export async function workOff(
  cases: readonly Case[],
  lanes: number,
  onJudged: (judged: Judged) => void = () => undefined,
): Promise<readonly Judged[]> {
  const waiting = [...cases];
  const judged: Judged[] = [];
  const work = async (): Promise<void> => {
    let world: CrashWorld | undefined;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      world ??= await startCrashWorld({ propagationMs: 10 });
      const original = originalIn(world, next);
      const result = { ...next, troubles: await tryOut(world, next) };
      judged.push(result);
      onJudged(result);
      if (result.troubles.length === 0 && next.target.isCostly !== true) restore(world, next, original);
      else {
        await world.sandbox.close();
        world = undefined;
      }
    }
    await world?.sandbox.close();
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return judged;
}

function originalIn({ sandbox }: CrashWorld, { target }: Case): StoredObject | undefined {
  if (target.isCreated === true) return undefined;
  return structuredClone(sandbox.store.get(target.place.resource, target.place.namespace, target.nameIn(sandbox)));
}

async function tryOut(world: CrashWorld, next: Case): Promise<readonly string[]> {
  const before = takeSnapshot(world.sandbox);
  try {
    const outcome = await meddle(world, next);
    const troubles = judgeDrift(world, next, outcome);
    const name = outcome.met?.metadata.name ?? '';
    const isTheirs = (line: string): boolean =>
      line.includes(`/${name} `) || line.endsWith(`/${name}`) || /^\S+ ?\w*: (pod|lease)/.test(line);
    const others = differences(before, takeSnapshot(world.sandbox)).filter(
      (line) => next.target.isCostly !== true && !isTheirs(line.split('\n')[0] ?? ''),
    );
    return [...troubles, ...others];
  } catch (error) {
    return [String(error)];
  }
}

/** Puts the object back as it was before the run. */
function restore({ sandbox: { store } }: CrashWorld, { target }: Case, original: StoredObject | undefined): void {
  const { resource, namespace } = target.place;
  if (original === undefined) {
    for (const { metadata } of store.list(resource, namespace)) {
      if (/^holdfast-\d/.test(metadata.name) || metadata.name === target.nameIn({ store } as TestSandbox))
        store.remove(resource, namespace, metadata.name);
    }
    return;
  }
  const { uid: _uid, resourceVersion: _version, generation: _generation, ...metadata } = original.metadata;
  if (store.get(resource, namespace, metadata.name) === undefined) store.create(resource, { ...original, metadata });
  else store.update(resource, { ...original, metadata });
}
