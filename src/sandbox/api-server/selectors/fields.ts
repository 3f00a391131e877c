import type { StoredObject } from '../../store.ts';
import { badRequest } from '../api-error.ts';
import type { Kind } from '../catalogue/kind.ts';
import { at } from '../json.ts';

/** Reads a field selector of this kind: `metadata.name=a,status.phase!=Running`; 400 for fields it cannot select by. */
export function parseFieldSelector(kind: Kind, selector: string): (object: StoredObject) => boolean {
  const tests = selector
    .split(',')
    .filter((part) => part !== '')
    .map((part) => parseTerm(kind, part));
  return (object) => tests.every((test) => test(object));
}

function parseTerm(kind: Kind, text: string): (object: StoredObject) => boolean {
  const [, field = '', operator, value] = /^([^=!]+)(==|=|!=)(.*)$/s.exec(text) ?? [];
  if (operator === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  const selectable = field === 'metadata.name' || (field === 'metadata.namespace' && kind.namespaced);
  if (!selectable && !kind.selectable.includes(field)) throw badRequest(`field label not supported: ${field}`);
  const path = field.split('.');
  const read = (object: StoredObject): string => {
    const found = at(object, ...path);
    return typeof found === 'string' || typeof found === 'boolean' ? String(found) : emptyOf(field);
  };
  return operator === '!=' ? (object) => read(object) !== value : (object) => read(object) === value;
}

function emptyOf(field: string): string {
  return field === 'spec.unschedulable' ? 'false' : '';
}
