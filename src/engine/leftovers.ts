import { describeRef } from '../model/describe-ref.ts';
import type { DriverContext, FaultDriver, Leftover, RollbackResult } from '../faults/driver.ts';
import type { Millis } from '../model/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import type { OnHidden } from '../undo/setup.ts';
import type { World } from './world.ts';

/** A mark of some run in the cluster, and how to take it back. */
export interface FoundLeftover {
  readonly run: string;
  readonly what: string;
  /** The object, e.g. `VirtualService default/ratings`. */
  readonly where: string;
  readonly undoCommands: readonly string[];
  /** When the API server saw our last write to it, by its own clock; absent where it does not say. */
  readonly markedAt?: Millis;
  undo(context: DriverContext): Promise<RollbackResult>;
}

/** Told of a driver whose marks the user may not list; throws where that must not be passed over. */
export type OnUnseen = (driver: FaultDriver['name'], error: HoldfastError) => void;

/** Everything marked in the cluster, in the order in which it has to be taken back: faults before setups, newest first. */
export async function findLeftovers(
  { drivers, setup }: Pick<World, 'drivers' | 'setup'>,
  context: DriverContext,
  onUnseen: OnUnseen,
  onHidden?: OnHidden,
): Promise<readonly FoundLeftover[]> {
  const [faults, setups] = await Promise.all([
    Promise.all(
      drivers.map(async (driver) =>
        (await leftoversOf(driver, context, onUnseen)).map(
          ({ handle, where, undoCommands, markedAt }): FoundLeftover => ({
            run: handle.run,
            what: `fault ${handle.fault}`,
            where,
            undoCommands,
            ...(markedAt !== undefined && { markedAt }),
            undo: (within) => driver.rollback(handle, within),
          }),
        ),
      ),
    ),
    setup.leftovers(context, onHidden),
  ]);
  const applied = setups.map(({ handle, undoCommands, markedAt }): FoundLeftover => ({
    run: handle.run,
    what: 'setup',
    where: describeRef(handle.object),
    undoCommands,
    ...(markedAt !== undefined && { markedAt }),
    undo: (within) => setup.undo(handle, within),
  }));
  return [...faults.flat().reverse(), ...applied.reverse()];
}

async function leftoversOf(
  driver: FaultDriver,
  context: DriverContext,
  onUnseen: OnUnseen,
): Promise<readonly Leftover[]> {
  try {
    return await driver.leftovers(context);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'API_FORBIDDEN') throw error;
    onUnseen(driver.name, error);
    return [];
  }
}

/** All that those runs left which left something on these objects: a fault without its setup is half a recovery. */
export function inTheWay(found: readonly FoundLeftover[], objects: ReadonlySet<string>): readonly FoundLeftover[] {
  const runs = new Set(found.filter((it) => objects.has(it.where)).map((it) => it.run));
  return found.filter((it) => runs.has(it.run));
}
