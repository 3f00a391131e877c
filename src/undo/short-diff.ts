const MOST_LINES = 40;
const LONGEST_LINE = 160;

/**
 * A diff that fits a report. What is left out is left out whole: a value that was cut in the middle would be hidden from
 * the masking of secrets.
 */
export function shorten(diff: string): string {
  const lines = diff.split('\n').map(withoutLongValue);
  if (lines.length <= MOST_LINES) return lines.join('\n');
  return [...lines.slice(0, MOST_LINES), `... ${lines.length - MOST_LINES} more lines`].join('\n');
}

function withoutLongValue(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  const key = /^[-+ ]\s*(?:- )?[\w./-]{1,100}:/.exec(line)?.[0] ?? line.slice(0, 1);
  return `${key} (${line.length - key.length} characters)`;
}
