/** Lines as one text; further lines of what others said are told from ours by their place. */
export function joinLines(lines: readonly string[]): string {
  return `${lines.map((line) => line.replaceAll('\n', '\n      ')).join('\n')}\n`;
}
