import type { Clock, Millis } from '../model/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import { formatDuration } from '../model/duration.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { Cluster } from './cluster.ts';

/** By which an installed sweeper is found, whatever its name and namespace. */
const SELECTOR = 'holdfast.dev/component=sweeper';

/** A sweeper comes every minute: five in a row that failed or never started are no accident. */
const STALE: Millis = 5 * 60_000;

/** Throws `SWEEPER_MISSING` unless a sweeper of the cluster is at work. Reads only. */
export async function requireSweeper({
  cluster,
  clock,
}: {
  readonly cluster: Cluster;
  readonly clock: Clock;
}): Promise<void> {
  const resource = await cluster.resource('batch', 'cronjobs');
  const sweepers = resource === undefined ? [] : await cluster.list(resource, { labelSelector: SELECTOR });
  if (sweepers.length === 0)
    throw missing(`No sweeper is installed: ${cluster.context} has no CronJob with label ${SELECTOR}.`);
  const now = (await cluster.serverTime()) ?? clock.wall().getTime();
  const troubles = sweepers.map((it) => troubleWith(it, now, cluster.kubectl));
  if (!troubles.includes(undefined)) throw troubles[0] ?? missing('No sweeper is at work.');
}

function troubleWith(sweeper: KubernetesObject, now: Millis, kubectl: string): HoldfastError | undefined {
  const { namespace = '', name } = sweeper.metadata;
  const where = `CronJob ${namespace}/${name}`;
  const { suspend } = (sweeper['spec'] ?? {}) as { readonly suspend?: boolean };
  if (suspend === true) {
    const hint = `${kubectl} -n ${namespace} patch cronjob ${name} -p '{"spec":{"suspend":false}}'`;
    return missing('The sweeper is suspended.', where, hint);
  }
  const { lastSuccessfulTime } = (sweeper['status'] ?? {}) as { readonly lastSuccessfulTime?: string };
  const hint = `See why: ${kubectl} -n ${namespace} get jobs, and the logs of the last one.`;
  if (lastSuccessfulTime === undefined) return missing('The sweeper has never succeeded yet.', where, hint);
  const age = now - Date.parse(lastSuccessfulTime);
  if (age <= STALE) return undefined;
  return missing(`The sweeper last succeeded ${formatDuration(Math.round(age / 1000) * 1000)} ago.`, where, hint);
}

function missing(
  message: string,
  where?: string,
  hint = 'Install deploy/sweeper.yaml (docs/sweeper.md says how), or do not require one.',
): HoldfastError {
  return new HoldfastError('SWEEPER_MISSING', { message, ...(where !== undefined && { where }), hint });
}
