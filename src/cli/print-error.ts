import { styleText } from 'node:util';
import type { ErrorClass } from '../model/errors.ts';
import { HoldfastError } from '../model/errors.ts';
import { EXIT } from '../model/exit-code.ts';

const EXIT_CODE_OF: Readonly<Record<ErrorClass, number>> = {
  usage: EXIT.usage,
  environment: EXIT.environment,
  inconclusive: EXIT.inconclusive,
  locked: EXIT.locked,
  rollback: EXIT.dirty,
  internal: EXIT.environment,
};

/** What a person reads: message, where and hint of a known error; the stack of an unknown one, which is a defect. */
export function formatError(error: unknown, colour: boolean): string {
  const label = colour ? styleText(['red', 'bold'], 'error:', { validateStream: false }) : 'error:';
  if (!(error instanceof HoldfastError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${label} this is a defect in Holdfast, please report it with the lines below\n${stack}\n`;
  }
  const { message, where, hint } = error.details;
  const lines = [`${label} ${message} (${error.code})`];
  if (where !== undefined) lines.push(`  where: ${where}`);
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  return `${lines.join('\n')}\n`;
}

/** The exit code of a command that ended by this error. */
export function exitCodeOfError(error: unknown): number {
  return error instanceof HoldfastError ? EXIT_CODE_OF[error.class] : EXIT.environment;
}
