import { createRedactor, type Redactor } from '../util/redact.ts';

/** Everything a command touches of the process around it, so that tests can hand in their own. */
export interface Io {
  /** Machine output only (`-o json`, tables, reports asked for). */
  readonly stdout: Output;
  /** Text for people: progress, messages, errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** stderr is a terminal: a live block may be drawn. */
  readonly isTTY: boolean;
  /** stderr may carry colour (NO_COLOR, FORCE_COLOR, TERM=dumb and the terminal have been asked). */
  readonly colour: boolean;
  /** Knows what must not be shown; all that files, clusters and servers have said goes through it before it is written. */
  readonly redactor: Redactor;
  /** The code the process ends with once the command is done; 0 when never called. */
  setExitCode(code: number): void;
}

interface Output {
  write(text: string): unknown;
}

/** The real process. */
export function processIo(): Io {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    isTTY: process.stderr.isTTY,
    colour: wantsColour(process.env, process.stderr.isTTY),
    redactor: createRedactor(),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}

/** NO_COLOR (not empty) wins over FORCE_COLOR, which wins over the terminal. Source: no-color.org, force-color.org. */
export function wantsColour(env: Io['env'], isTTY: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTTY && env['TERM'] !== 'dumb';
}
