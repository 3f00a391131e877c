import { type Cluster, recoverCommand } from '../cluster/cluster.ts';
import { EXIT } from '../model/exit-code.ts';
import type { StatusFlags } from './commands/status.ts';
import { openCluster } from './compose.ts';
import type { Io } from './io.ts';
import { type ClusterState, readClusterState } from './leftovers.ts';
import { readClusterChoice } from './settings.ts';

/** `holdfast status`: exit code 5 when a dead run has left something, 3 when part of it could not be looked at. */
export async function status(flags: StatusFlags, io: Io): Promise<void> {
  const choice = readClusterChoice(flags, io);
  if (choice === undefined) return;
  const cluster = await openCluster(choice);
  try {
    const state = io.redactor.redactDeep(await readClusterState(cluster, new AbortController().signal));
    if (flags.output === 'json') io.stdout.write(`${JSON.stringify(summary(state), null, 2)}\n`);
    else io.stdout.write(text(state, cluster));
    if (state.unseen.length > 0) io.setExitCode(EXIT.environment);
    if (state.leftovers.some((it) => it.isDead)) io.setExitCode(EXIT.dirty);
  } finally {
    await cluster.close();
  }
}

function summary({ leftovers, leases, unseen, hidden }: ClusterState): object {
  return {
    leftovers: leftovers.map(({ run, what, where, isDead, undoCommands }) => ({
      run,
      what,
      where,
      alive: !isDead,
      undoCommands,
    })),
    locks: leases.map(({ key, run, holder, since, expires, isDead }) => ({
      key,
      run,
      holder,
      since,
      expires,
      alive: !isDead,
    })),
    unseen,
    hidden,
  };
}

function text({ leftovers, leases, unseen, hidden }: ClusterState, cluster: Cluster): string {
  const dead = leftovers.filter((it) => it.isDead);
  const lines = [
    ...leftovers.map((it) => `${it.isDead ? 'left behind' : 'in use'}  ${it.where}  ${it.what} of run ${it.run}`),
    ...dead.flatMap((it) => it.undoCommands.map((command) => `    by hand: ${command}`)),
    ...leases.map((it) => `${it.isDead ? 'dead lock' : 'locked'}  ${it.key}  by ${it.holder}`),
    ...unseen.map((it) => `not seen  ${it}`),
  ];
  const rest =
    hidden.length === 0
      ? ''
      : `Not looked at, for you may not list them: ${hidden.join(', ')}. A setup of somebody with more rights may be there.\n`;
  if (lines.length === 0)
    return `Clean: nothing${rest && ' that you may see'} in ${cluster.context} is marked or locked by a run.\n${rest}`;
  const hint = dead.length === 0 ? [] : [`Undo it with: ${recoverCommand(cluster)}`];
  return `${[...lines, ...hint].join('\n')}\n${rest}`;
}
