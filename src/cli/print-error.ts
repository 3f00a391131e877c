import { styleText } from 'node:util';
import type { ErrorClass } from '../model/errors.ts';
import { HoldfastError, serializeError } from '../model/errors.ts';
import { EXIT } from '../model/exit-code.ts';
import type { Io } from './io.ts';

const EXIT_CODE_OF: Readonly<Record<ErrorClass, number>> = {
  usage: EXIT.usage,
  refused: EXIT.usage,
  environment: EXIT.environment,
  inconclusive: EXIT.inconclusive,
  locked: EXIT.locked,
  rollback: EXIT.dirty,
  internal: EXIT.environment,
};

/** What a person reads: message, where and hint of a known error; the stack of an unknown one, which is a defect. */
export function formatError(error: unknown, { colour, redactor }: Pick<Io, 'colour' | 'redactor'>): string {
  const label = colour ? styleText(['red', 'bold'], 'error:', { validateStream: false }) : 'error:';
  if (!(error instanceof HoldfastError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${label} this is a defect in Holdfast, please report it with the lines below\n${redactor.redact(stack)}\n`;
  }
  const { message, where, hint } = redactor.redactDeep(serializeError(error));
  // Lines of others are told from ours by their place.
  const lines = [`${label} ${message.replaceAll('\n', '\n    ')} (${error.code})`];
  if (where !== undefined) lines.push(`  where: ${where}`);
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  return `${lines.join('\n')}\n`;
}

/** The exit code of a command that ended by this error. */
export function exitCodeOfError(error: unknown): number {
  return error instanceof HoldfastError ? EXIT_CODE_OF[error.class] : EXIT.environment;
}
