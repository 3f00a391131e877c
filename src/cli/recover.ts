import type { Cluster } from '../cluster/cluster.ts';
import { IN_CLUSTER } from '../cluster/kubeconfig/in-cluster.ts';
import { systemClock } from '../engine/clock.ts';
import { withDeadline } from '../engine/deadline.ts';
import { HoldfastError, serializeError } from '../model/errors.ts';
import { EXIT } from '../model/exit-code.ts';
import type { RecoverFlags } from './commands/recover.ts';
import { type ClusterChoice, openCluster } from './compose.ts';
import type { Io } from './io.ts';
import { type ClusterState, readClusterState } from './leftovers.ts';
import { readClusterChoice } from './settings.ts';
import { unlock } from './unlock.ts';

const UNDO_MS = 30_000;

type DeadLeftover = ClusterState['leftovers'][number];

interface Outcome {
  readonly run: string;
  readonly where: string;
  readonly what: string;
  readonly undone: boolean;
  readonly detail: string;
  readonly undoCommands: readonly string[];
}

/** A mark of a run that is alive, as far as its lock says. */
interface InUse {
  readonly run: string;
  readonly where: string;
  readonly what: string;
  /** Absent: somebody deleted the lock. */
  readonly holder?: string;
  readonly expires?: string;
}

interface Done {
  readonly outcomes: readonly Outcome[];
  readonly locks: readonly string[];
  readonly inUse: readonly InUse[];
  /** Dead runs that have left something too, where one was named. */
  readonly others: readonly string[];
}

/** `holdfast recover`: undoes what dead runs have left; exit code 5 when something could not be undone, 3 when not looked at. */
export async function recover(flags: RecoverFlags, io: Io): Promise<void> {
  const choice = readClusterChoice(flags, io);
  if (choice === undefined) return;
  const cluster = await openCluster(flags.expired === true ? orOwnCluster(choice) : choice);
  const { signal } = new AbortController();
  try {
    const state = await readClusterState(cluster, signal, flags.expired);
    refuseLiveRun(state, flags.run);
    const dead = state.leftovers.filter((it) => it.isDead && (flags.run ?? it.run) === it.run);
    const outcomes =
      flags.dryRun === true ? dead.map(untouched) : await undoAll(dead, cluster, flags.forceFinalizer === true);
    const dirty = new Set(outcomes.filter((it) => !it.undone).map((it) => it.run));
    const over = state.leases.filter((it) => it.isDead && (flags.run ?? it.run) === it.run && !dirty.has(it.run));
    const unlocked = flags.dryRun === true ? { keys: [], troubles: [] } : await unlock(over, cluster);
    const othersLeft = new Set(state.leftovers.flatMap((it) => (it.isDead && it.run !== flags.run ? [it.run] : [])));
    const others = flags.run === undefined ? [] : [...othersLeft];
    print(
      io.redactor.redactDeep({ outcomes, locks: unlocked.keys, inUse: inUse(state, flags.run), others }),
      flags,
      io,
    );
    const troubles = [...state.unseen.map((it) => `Not seen, so not recovered: ${it}`), ...unlocked.troubles];
    for (const it of troubles) io.stderr.write(io.redactor.redact(`${it}\n`));
    if (troubles.length > 0) io.setExitCode(EXIT.environment);
    if (outcomes.some((it) => !it.undone)) io.setExitCode(EXIT.dirty);
  } finally {
    await cluster.close();
  }
}

/** Whoever sweeps from a pod means the cluster that it is in; outside of one a context must be named, as ever. */
function orOwnCluster(choice: ClusterChoice): ClusterChoice {
  const isInPod = choice.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  return choice.context === undefined && choice.kubeconfig === undefined && isInPod
    ? { ...choice, context: IN_CLUSTER }
    : choice;
}

function refuseLiveRun({ leases }: ClusterState, run: string | undefined): void {
  const live = leases.find((it) => it.run === run && !it.isDead);
  if (live === undefined) return;
  throw new HoldfastError('LOCKED', {
    message: `Run ${live.run} is alive: ${live.holder} holds ${live.key}.`,
    hint: 'Stop that run with Ctrl-C; it rolls back by itself.',
  });
}

/** One after another: a fault before the setup under it. */
async function undoAll(
  dead: readonly DeadLeftover[],
  cluster: Cluster,
  forceFinalizer: boolean,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const leftover of dead) outcomes.push(await undoOne(leftover, cluster, forceFinalizer));
  return outcomes;
}

async function undoOne(leftover: DeadLeftover, cluster: Cluster, forceFinalizer: boolean): Promise<Outcome> {
  const tooLong = (): HoldfastError =>
    new HoldfastError('ROLLBACK_TIMEOUT', { message: `not done within ${UNDO_MS / 1000} s` });
  try {
    const result = await withDeadline(systemClock, UNDO_MS, tooLong, async (signal) =>
      leftover.undo({ cluster, clock: systemClock, signal, forceFinalizer }),
    );
    const drift = result.drift.map((it) => `changed by somebody else: ${it.detail}`);
    return { ...untouched(leftover), undone: true, detail: [result.detail, ...drift].join('; ') };
  } catch (error) {
    const byHand = error instanceof HoldfastError ? error.details.byHand : undefined;
    return { ...untouched(leftover), detail: serializeError(error).message, ...(byHand && { undoCommands: byHand }) };
  }
}

function untouched({ run, where, what, undoCommands }: DeadLeftover): Outcome {
  return { run, where, what, undone: false, detail: 'not touched', undoCommands };
}

/** What is left alone, with whose lock it is that says so. */
function inUse({ leftovers, leases }: ClusterState, run: string | undefined): readonly InUse[] {
  return leftovers
    .filter((it) => !it.isDead && (run ?? it.run) === it.run)
    .map(({ run, where, what }) => {
      const lease = leases.find((it) => it.run === run && !it.isDead);
      return {
        run,
        where,
        what,
        ...(lease && { holder: lease.holder }),
        ...(lease?.expires && { expires: lease.expires }),
      };
    });
}

function nothing(run: string | undefined): string {
  return run === undefined ? 'Nothing to recover.\n' : `Nothing to recover of run ${run}.\n`;
}

function print(done: Done, flags: RecoverFlags, io: Io): void {
  const { outcomes, locks, inUse, others } = done;
  if (flags.output === 'json') {
    io.stdout.write(`${JSON.stringify({ recovered: outcomes, locks, leftAlone: inUse }, null, 2)}\n`);
    return;
  }
  if (outcomes.length + locks.length === 0) io.stdout.write(nothing(flags.run));
  for (const run of others)
    io.stdout.write(`not asked for  run ${run} has left something: holdfast status shows it.\n`);
  for (const { undone, where, what, run, detail, undoCommands } of outcomes) {
    const word = undone ? 'recovered' : flags.dryRun === true ? 'would recover' : 'NOT RECOVERED';
    io.stdout.write(`${word}  ${where}  ${what} of run ${run}: ${detail}\n`);
    if (!undone) for (const command of undoCommands) io.stdout.write(`    by hand: ${command}\n`);
  }
  for (const key of locks) io.stdout.write(`unlocked  ${key}\n`);
  for (const { run, where, what, holder, expires } of inUse) {
    if (holder === undefined) {
      io.stdout.write(`left alone  ${where}  ${what} of run ${run}, whose lock is gone: it has a minute to notice.\n`);
      continue;
    }
    const until =
      expires === undefined ? '' : ` If that is gone, its lock expires at ${expires}: recover again after that.`;
    io.stdout.write(`left alone  ${where}  ${what}, locked by ${holder}.${until}\n`);
  }
}
