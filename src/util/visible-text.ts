// Sequences that move a terminal's cursor, colour its text, name its window or make links (ECMA-48 5.4 and 5.6; OSC 8).
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\^_=>78])/g;

// Controls but tab and line feed, marks that turn the direction of writing, other line ends, what is no character at all.
const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- as above
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF\uFDD2-\uFDEF\uFFFE\uFFFF]|\p{Cs}/gu;

/** A text without anything that acts instead of being read: no terminal, XML parser or editor does something by it. */
export function visibleText(text: string): string {
  if (text.search(HIDDEN) === -1) return text;
  return text.replaceAll(ESCAPES, '').replaceAll(/\r\n?/g, '\n').replaceAll(HIDDEN, '\u{FFFD}');
}

/** The same in one line. */
export function oneLine(text: string): string {
  return visibleText(text).replaceAll(/\s+/g, ' ').trim();
}
