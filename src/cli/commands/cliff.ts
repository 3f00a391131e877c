import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Millis } from '../../model/clock.ts';
import { parseDuration } from '../../model/duration.ts';
import type { Io } from '../io.ts';
import { wholeNumber } from '../flags.ts';
import { addTrialFlags, type TrialFlags } from './verify-fix.ts';

export interface CliffFlags extends TrialFlags {
  readonly from: Millis;
  readonly to: Millis;
  readonly precision: Millis;
  readonly fault?: string;
  readonly samples: number;
  readonly maxRuns: number;
}

/** `holdfast cliff FILE`: how long a delay may be. */
export function addCliffCommand(program: Command, io: Io): void {
  const command = program
    .command('cliff')
    .description("Find how long the delay of an experiment's fault may be, and who gives up beyond it.")
    .argument('<file>', 'the experiment; it must hold without the fault')
    .addOption(duration('--from <delay>', 'shortest delay to try; 0s is where no run is needed').default(0, '0s'))
    .addOption(duration('--to <delay>', 'longest delay to try').default(10_000, '10s'))
    .addOption(duration('--precision <time>', 'how near to find it').default(100, '100ms'))
    .option('--fault <name>', 'the fault whose delay is varied, where the experiment has several')
    .addOption(count('--samples <number>', 'requests of each probe under each delay').default(5))
    .addOption(count('--max-runs <number>', 'most runs of the experiment').default(24))
    .action(async (file: string, flags: CliffFlags) => {
      const { findCliff } = await import('../cliff.ts');
      await findCliff(file, flags, io);
    });
  addTrialFlags(command).addHelpText(
    'after',
    `
Examples:
  holdfast cliff my-first.yaml --sandbox
  holdfast cliff slow-ratings.yaml --context staging --from 1s --to 5s --precision 50ms -o json

Exit codes: 0 found, or it holds up to --to, 1 it fails at every delay, 2 bad flags or files, 3 environment,
4 undecided or no single cliff, 5 something is left in the cluster, 6 locked, 130/143/129 interrupted.`,
  );
}

function duration(flag: string, what: string): Option {
  return new Option(flag, what).argParser((text) => {
    const { ok, ...read } = parseDuration(text);
    if (!ok || !('value' in read)) throw new InvalidArgumentError('Write it as 500ms, 3s or 1m30s.');
    if (!Number.isInteger(read.value)) throw new InvalidArgumentError('It is a whole number of milliseconds.');
    return read.value;
  });
}

function count(flag: string, what: string): Option {
  return new Option(flag, what).argParser((text) => {
    const number = wholeNumber(text);
    if (number < 2) throw new InvalidArgumentError('It is at least 2.');
    return number;
  });
}
