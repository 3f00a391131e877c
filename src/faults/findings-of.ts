import type { Finding } from '../model/finding.ts';

/** Every finding of a driver by its code: its severity, and what it means in general. */
export type FindingTable<Code extends string = string> = Readonly<Record<Code, readonly [Finding['severity'], string]>>;

/** What makes the findings of a table; `where` is the object that one is about, e.g. `Pod default/ratings-v1-x`. */
export function findingsOf<Code extends string>(
  table: FindingTable<Code>,
): (code: Code, message: string, where?: string, hint?: string) => Finding {
  return (code, message, where, hint) => {
    const [severity] = table[code];
    return { severity, code, message, ...(where !== undefined && { where }), ...(hint !== undefined && { hint }) };
  };
}
