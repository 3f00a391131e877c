import type { StoredObject } from '../../store.ts';
import { ApiError } from '../api-error.ts';
import { resourceOf } from '../backend.ts';
import type { Call } from '../backend.ts';

/** Asks the admission chain; throws what it denies, returns what it warns of. */
export function admit(
  call: Call,
  operation: 'CREATE' | 'UPDATE',
  object: StoredObject,
  old?: StoredObject,
): readonly string[] {
  const answer = call.backend.admission?.(operation, resourceOf(call), object, old);
  if (!answer) return [];
  if (answer.denied) {
    const { code, reason, message, causes } = answer.denied;
    const { kind } = call.route;
    const details = causes ? { name: object.metadata.name, group: kind.group, kind: kind.kind, causes } : undefined;
    throw new ApiError(code, reason, message, details);
  }
  return answer.warnings;
}
