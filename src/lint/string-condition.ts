import type { StringMatch } from '../model/fault.ts';

/** Whether a value may satisfy Istio's condition; regular expressions are given the benefit of the doubt. */
export function mayMatch(
  { exact, prefix, regex }: StringMatch,
  value: string | undefined,
  ignoreCase = false,
): boolean {
  if (value === undefined) return false;
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  if (exact !== undefined) return fold(value) === fold(exact);
  if (prefix !== undefined) return fold(value).startsWith(fold(prefix));
  return regex === undefined || regex !== '' || value === '';
}
