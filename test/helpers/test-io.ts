import { createRedactor } from '../../src/util/redact.ts';
import type { Io } from '../../src/cli/io.ts';

export interface TestIo extends Io {
  out(): string;
  err(): string;
  exitCode(): number;
}

/** An Io that keeps what was written. */
export function testIo(overrides: Partial<Pick<Io, 'env' | 'cwd' | 'isTTY' | 'colour'>> = {}): TestIo {
  const out: string[] = [];
  const err: string[] = [];
  let exitCode = 0;
  return {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env: {},
    cwd: process.cwd(),
    isTTY: false,
    colour: false,
    redactor: createRedactor(),
    ...overrides,
    setExitCode: (code) => {
      exitCode = code;
    },
    out: () => out.join(''),
    err: () => err.join(''),
    exitCode: () => exitCode,
  };
}
