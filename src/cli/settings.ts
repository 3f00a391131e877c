import type { Config } from '../load/config.ts';
import type { ClusterChoice } from './compose.ts';
import { configForCommand } from './config-for-command.ts';
import type { ClusterFlags, YesFlags } from './flags.ts';
import type { Io } from './io.ts';
import { REPORTER_NAMES } from './report-files.ts';

/** What flags and the config file say together; a flag wins. */
export interface Settings extends ClusterChoice {
  readonly output: string;
  readonly reporter: readonly string[];
  readonly workers: number;
  readonly requireSweeper: boolean;
}

interface SettingFlags extends ClusterFlags, YesFlags {
  readonly output?: string;
  readonly reporter?: string;
  readonly workers?: number;
  readonly requireSweeper?: boolean;
}

/** What a run is told. Undefined when the config file has mistakes, which have been printed then. */
export function readSettings(flags: SettingFlags, io: Io): Settings | undefined {
  const config = configForCommand(flags, io);
  if (config === undefined) return undefined;
  return {
    ...choiceOf(flags, config, io),
    output: flags.output ?? config.output ?? 'reports',
    reporter: flags.reporter?.split(',') ?? config.reporter ?? REPORTER_NAMES,
    workers: flags.workers ?? config.workers ?? 1,
    requireSweeper: flags.requireSweeper ?? config.requireSweeper ?? false,
  };
}

/** The cluster alone, for commands that write no reports. Undefined as above. */
export function readClusterChoice(flags: ClusterFlags & YesFlags, io: Io): ClusterChoice | undefined {
  const config = configForCommand(flags, io);
  return config && choiceOf(flags, config, io);
}

function choiceOf(flags: ClusterFlags & YesFlags, config: Config, { env, redactor }: Io): ClusterChoice {
  const context = flags.context ?? config.context;
  const kubeconfig = flags.kubeconfig ?? config.kubeconfig;
  return {
    ...(context !== undefined && { context }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    env,
    redactor,
    policy: config.policy ?? {},
    ...(flags.yesContext !== undefined && { yesContext: flags.yesContext }),
  };
}
