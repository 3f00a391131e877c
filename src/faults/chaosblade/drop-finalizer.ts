import type { Resource } from '../../cluster/cluster.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { DriverContext } from '../driver.ts';
import { FINALIZER } from './clean-up.ts';
import { describeBlade } from './handle.ts';
import { readBlade } from './resources.ts';

/** Takes the operator's finalizer, and no other, off a resource that nobody changed since it was read. */
export async function dropFinalizer(resource: Resource, name: string, context: DriverContext): Promise<void> {
  const object = await readBlade(context, name);
  const { finalizers = [], resourceVersion } = object?.metadata ?? {};
  const at = finalizers.indexOf(FINALIZER);
  if (at === -1) return;
  const path = `/metadata/finalizers/${at}`;
  try {
    await context.cluster.patchJson(
      resource,
      { name },
      [
        { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
        { op: 'test', path, value: FINALIZER },
        { op: 'remove', path },
      ],
      { signal: context.signal },
    );
  } catch (error) {
    // Somebody wrote meanwhile: looked at again, as after any conflict.
    if (!(error instanceof HoldfastError) || error.details.status !== 422) throw error;
    const where = describeBlade(name);
    throw new HoldfastError('API_CONFLICT', { message: `${where} was changed meanwhile`, where, status: 409 });
  }
}
