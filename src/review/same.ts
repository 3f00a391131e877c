import { isDeepStrictEqual } from 'node:util';

/** Whether two pieces of plain data say the same once they are written to a journal. */
export function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(asWritten(one), asWritten(other));
}

function asWritten(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
