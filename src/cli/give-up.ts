import type { Undo } from '../engine/step-stack.ts';
import type { Journal } from '../journal/journal.ts';
import type { StopSignal } from '../model/event.ts';
import { EXIT, exitCodeOfSignal } from '../model/exit-code.ts';
import type { Io } from './io.ts';

/** The journal is worth this much waiting, a hanging disk no more. */
const LAST_WORDS_MS = 300;

/** The end at a second interrupt: says what is left in the cluster and how to remove it, and ends the process. */
export async function giveUp(left: readonly Undo[], signal: StopSignal, journal: Journal, io: Io): Promise<never> {
  io.stderr.write(left.length === 0 ? 'Nothing is left in the cluster.\n' : io.redactor.redact(listOf(left)));
  const code = left.length > 0 ? EXIT.dirty : exitCodeOfSignal(signal);
  setTimeout(() => process.exit(code), LAST_WORDS_MS);
  await journal.close().catch(() => undefined);
  process.exit(code);
}

function listOf(left: readonly Undo[]): string {
  const lines = left.flatMap(({ title, manual }) => [`  ${title}`, ...manual.map((command) => `    ${command}`)]);
  return `Left in the cluster; \`holdfast recover\` removes it, or by hand:\n${lines.join('\n')}\n`;
}
