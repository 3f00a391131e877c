import type { Cluster } from '../cluster/cluster.ts';
import { connect } from '../cluster/connect.ts';
import { discoverIngress } from '../cluster/discover-ingress.ts';
import { acquireLease } from '../cluster/lease.ts';
import { checkLeaseRights } from '../cluster/lease/check-lease-rights.ts';
import { listLeases } from '../cluster/lease/list-leases.ts';
import { thisHolder } from '../cluster/lease/this-holder.ts';
import { systemClock } from '../engine/clock.ts';
import type { World } from '../engine/world.ts';
import type { Policy } from '../model/policy.ts';
import { createFaultDrivers } from '../faults/registry.ts';
import { openWorkerSampler } from '../probes/worker/open-sampler.ts';
import { createObjectMemory } from '../undo/object-memory.ts';
import { createSetupDriver } from '../undo/setup-driver.ts';
import type { Redactor } from '../util/redact.ts';
import { bundledFile } from './bundled-file.ts';
import { checkPolicy } from './check-policy.ts';
import { openFilesLimit } from './open-files-limit.ts';
import { type SandboxProcessOptions, startSandbox } from './sandbox-process.ts';

/** How a cluster is named. */
export interface ClusterChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is told of the credentials by which the cluster is reached. */
  readonly redactor: Redactor;
  readonly policy: Policy;
  /** The protected context that may pass. */
  readonly yesContext?: string;
}

/** Opens the cluster that was named. */
export async function openCluster({
  kubeconfig,
  context,
  env,
  redactor,
}: Omit<ClusterChoice, 'policy' | 'yesContext'>): Promise<Cluster> {
  return connect({
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
    env,
    clock: systemClock,
    onCredentials: redactor.add,
  });
}

/** A world on a cluster that is open, and stays so when the world is closed. */
export function worldOn(
  cluster: Cluster,
  runId: string,
  { policy, yesContext, redactor }: Pick<ClusterChoice, 'policy' | 'yesContext' | 'redactor'>,
  forceFinalizer: boolean,
  kind: 'cluster' | 'sandbox' = 'cluster',
): World {
  const holder = thisHolder(runId);
  const memory = createObjectMemory();
  return {
    target: { kind, context: cluster.context, server: cluster.server },
    cluster,
    setup: createSetupDriver(memory),
    drivers: createFaultDrivers(memory),
    forceFinalizer,
    openFiles: openFilesLimit,
    openSampler: openWorkerSampler(bundledFile('probe-worker.js'), {
      secrets: redactor.values,
      onSecrets: redactor.add,
      offLimits: [addressOf(cluster.server)],
    }),
    checkPolicy: (experiment, plan, signal) =>
      checkPolicy({ experiment, plan, cluster, kind, policy, ...(yesContext !== undefined && { yesContext }) }, signal),
    findIngress: ({ ingress, namespace }, signal) =>
      discoverIngress({ cluster, ingress, namespace, signal, clock: systemClock }),
    checkLocks: (keys, signal) => checkLeaseRights(cluster, keys, { signal }),
    lock: (key, signal) => acquireLease({ cluster, clock: systemClock, key, holder, signal }),
    liveRuns: async (signal, sure = true) => {
      const leases = await listLeases({ cluster, clock: systemClock, signal, holder, comesAgain: !sure });
      return new Set(leases.filter((it) => !it.isDead).map((it) => it.run));
    },
    close: () => Promise.resolve(),
  };
}

/** A sandbox of its own as a world; closing the world ends it. */
export async function sandboxWorld(
  options: SandboxProcessOptions,
  runId: string,
  { env, redactor, policy }: Pick<ClusterChoice, 'env' | 'redactor' | 'policy'>,
  forceFinalizer = false,
): Promise<World> {
  const sandbox = await startSandbox(options);
  const cluster = await openCluster({ ...sandbox, env, redactor }).catch(async (error: unknown) => {
    await sandbox.stop();
    throw error;
  });
  const world = worldOn(cluster, runId, { policy, redactor }, forceFinalizer, 'sandbox');
  return {
    ...world,
    close: async () => {
      await cluster.close();
      await sandbox.stop();
    },
  };
}

/** `host:port` of an address. */
function addressOf(server: string): string {
  const { hostname, port, protocol } = new URL(server);
  return `${hostname.replace(/^\[(.*)\]$/, '$1')}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
