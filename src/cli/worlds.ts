import type { Cluster } from '../cluster/cluster.ts';
import { systemClock } from '../engine/clock.ts';
import { lockKeysOf } from '../engine/prepare.ts';
import type { SuiteOptions } from '../engine/run-suite.ts';
import { HoldfastError } from '../model/errors.ts';
import type { RunTarget } from '../model/event.ts';
import { type ClusterChoice, sandboxWorld, worldOn } from './compose.ts';
import type { SandboxProcessOptions } from './sandbox-process.ts';

/** Where the experiments of a run take place. */
export interface Worlds {
  readonly target: RunTarget;
  /** The parts of a suite that depend on it. */
  forRun(runId: string): Pick<SuiteOptions, 'openWorld' | 'lockKeys'>;
}

/** One cluster for all workers. What experiments lock has to be known only where several run side by side. */
export function clusterWorlds(
  cluster: Cluster,
  choice: Pick<ClusterChoice, 'policy' | 'yesContext' | 'redactor'>,
  { workers, forceFinalizer }: { readonly workers: number; readonly forceFinalizer: boolean },
): Worlds {
  return {
    target: { kind: 'cluster', context: cluster.context, server: cluster.server },
    forRun: (runId) => {
      const world = worldOn(cluster, runId, choice, forceFinalizer);
      const { signal } = new AbortController();
      return {
        openWorld: () => Promise.resolve(world),
        lockKeys: async (experiment) =>
          workers > 1 ? lockKeysOf(world, experiment, runId, { cluster, clock: systemClock, signal }) : [],
      };
    },
  };
}

/** A sandbox for each worker, in which its experiments follow one another. */
export function sandboxWorlds(
  options: SandboxProcessOptions,
  choice: Pick<ClusterChoice, 'env' | 'redactor' | 'policy'>,
  forceFinalizer: boolean,
): Worlds {
  return {
    target: { kind: 'sandbox', context: 'sandbox', server: 'on loopback, one for each worker' },
    forRun: (runId) => ({
      openWorld: (_worker, signal) => sandboxWorld({ ...options, signal }, runId, choice, forceFinalizer),
      lockKeys: () => Promise.resolve([]),
    }),
  };
}

/** Another cluster at each place; experiments that lock the same names there do not meet. */
export function worldsByPlace(places: Readonly<Record<string, Worlds>>): Worlds {
  const targets = Object.values(places).map((it) => it.target);
  return {
    target: {
      kind: 'cluster',
      context: targets.map((it) => it.context).join(', '),
      server: targets.map((it) => it.server).join(', '),
    },
    forRun: (runId) => {
      const parts = new Map(Object.entries(places).map(([place, worlds]) => [place, worlds.forRun(runId)]));
      return {
        openWorld: async (worker, signal, place) => {
          const part = parts.get(place);
          if (part === undefined) throw new HoldfastError('INTERNAL', { message: `There is no place "${place}".` });
          return part.openWorld(worker, signal, place);
        },
        lockKeys: () => Promise.resolve([]),
      };
    },
  };
}
