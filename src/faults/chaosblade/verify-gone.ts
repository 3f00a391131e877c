import type { FaultHandle } from '../../model/fault.ts';
import type { DriverContext, Observation } from '../driver.ts';
import { decodeHandle, describeBlade } from './handle.ts';
import { observeReplaced } from './observe-deleted.ts';
import { readBlade } from './resources.ts';
import { errorsOf, readStatus } from './status.ts';

/** Whether the resource is gone, and of deleted pods whether others are ready in their place. A proof probe says the rest. */
export async function verifyFaultGone(handle: FaultHandle, context: DriverContext): Promise<Observation> {
  const data = decodeHandle(handle);
  const where = describeBlade(data.name);
  const object = await readBlade(context, data.name);
  if (object !== undefined && readStatus(object).phase === 'Destroying') {
    return answer('stuck', `${where} is stuck in Destroying: ${errorsOf(readStatus(object)).join('; ')}`);
  }
  if (object !== undefined) return answer('pending', `${where} is still there`);
  if (data.owners.length > 0) return observeReplaced(data, context);
  return answer('gone', `${where} is gone, as far as the operator says`);
}

function answer(state: 'pending' | 'gone' | 'stuck', detail: string): Observation {
  return { state, detail, drift: [] };
}
