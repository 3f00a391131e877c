import { systemClock } from '../engine/clock.ts';
import { cachedReads } from '../engine/cached-reads.ts';
import { newRunId } from '../engine/run-id.ts';
import type { World } from '../engine/world.ts';
import type { DriverContext } from '../faults/driver.ts';
import { EXIT } from '../model/exit-code.ts';
import type { Experiment } from '../model/experiment.ts';
import { clusterUnlessSandbox } from './cluster-unless-sandbox.ts';
import type { DoctorFlags } from './commands/doctor.ts';
import { sandboxWorld, worldOn } from './compose.ts';
import { checkApiServer } from './doctor/api-server.ts';
import { checkChaosBlade } from './doctor/chaosblade.ts';
import { type Check, notLookedAt } from './doctor/check.ts';
import { checkExperiments } from './doctor/experiments.ts';
import { checkIngress } from './doctor/ingress.ts';
import { checkIstio } from './doctor/istio.ts';
import { checkMarks } from './doctor/marks.ts';
import { checkOpenFiles } from './doctor/open-files.ts';
import { checkOwners } from './doctor/owners.ts';
import { checkRights } from './doctor/rights.ts';
import { checkSidecars } from './doctor/sidecars.ts';
import { doctorText, explained } from './doctor/text.ts';
import type { Io } from './io.ts';
import { loadForCommand } from './load-for-command.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { readClusterChoice } from './settings.ts';

/** `holdfast doctor`: can experiments run here. Reads only. Exit code 3 when something is an error, 2 for bad flags or files. */
export async function doctor(paths: readonly string[], flags: DoctorFlags, io: Io): Promise<void> {
  const choice = readClusterChoice(flags, io);
  if (choice === undefined) return;
  const loaded = paths.length === 0 ? undefined : await loadForCommand(paths, flags, io);
  if (paths.length > 0 && loaded === undefined) return;
  const cluster = await clusterUnlessSandbox(flags, choice);
  try {
    const { experiments, secrets } = await resolveSecrets(loaded?.experiments ?? [], cluster);
    const runId = newRunId(systemClock.wall());
    const world =
      cluster === undefined
        ? await sandboxWorld({ istioMinor: flags.istio }, runId, choice)
        : worldOn(cluster, runId, choice, false);
    try {
      io.redactor.add(secrets);
      print(world, io.redactor.redactDeep(await examine(experiments, world, runId, flags)), flags, io);
    } finally {
      await world.close();
    }
  } finally {
    await cluster?.close();
  }
}

/** Every check, in the order in which people ask. */
async function examine(
  experiments: readonly Experiment[],
  world: World,
  runId: string,
  { namespace = 'default' }: DoctorFlags,
): Promise<readonly Check[]> {
  const { signal } = new AbortController();
  const context: DriverContext = { cluster: cachedReads(world.cluster), clock: systemClock, signal };
  const apiServer = await checkApiServer(context);
  if (apiServer.some(({ level }) => level === 'error')) {
    return [...apiServer, notLookedAt('everything else', 'The API server does not answer.'), checkOpenFiles(0)];
  }
  const namespaces = [...new Set([namespace, ...experiments.map((it) => it.namespace)])];
  const [looked, ...parts] = await Promise.all([
    checkExperiments(experiments, world, runId),
    checkIstio(context),
    checkIngress(context),
    checkSidecars(context),
    checkRights(experiments, namespaces, context),
    checkMarks(context),
    checkChaosBlade(context),
    checkOwners(context),
  ]);
  return [...apiServer, ...parts.flat(), checkOpenFiles(looked.inFlight), ...looked.checks];
}

function print({ target }: World, checks: readonly Check[], { output }: DoctorFlags, io: Io): void {
  const isWell = checks.every(({ level }) => level !== 'error');
  if (output === 'json') {
    const pages = checks.map((it) => ({ ...it, ...(it.code !== undefined && { page: explained(it.code) }) }));
    io.stdout.write(`${JSON.stringify({ ...target, ok: isWell, checks: pages }, null, 2)}\n`);
  } else io.stdout.write(doctorText(target.context, checks, io.colour));
  io.setExitCode(isWell ? EXIT.ok : EXIT.environment);
}
