import type { ChaosBladeVersion } from '../options.ts';
import type { StoreEvent } from '../store.ts';
import type { TrafficFaults } from '../traffic-faults.ts';
import { isReady } from '../workloads/kinds.ts';
import type { Pod } from '../workloads/kinds.ts';
import { NAMESPACE } from './blade.ts';
import { realClock } from './clock.ts';
import type { BladeClock, BladeDelays } from './clock.ts';
import { startLife } from './life.ts';
import type { BladeStore } from './reconcile.ts';
import { readSwitches } from './switches.ts';
import { createTools } from './tools.ts';

export interface BladeOperatorOptions {
  readonly store: BladeStore;
  readonly traffic: TrafficFaults;
  /** Whose texts and habits it has. */
  readonly version: ChaosBladeVersion;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly clock?: BladeClock;
  readonly delays?: BladeDelays;
}

const DELAYS: BladeDelays = { reconcileMs: 10, execMs: 60 };

/** Acts out the ChaosBlade operator for as long as one of its pods is ready. Returns how to stop. */
export function startBladeOperator(options: BladeOperatorOptions): () => void {
  const { store, clock = realClock, delays = DELAYS } = options;
  const tools = createTools({ ...options, clock, delays });
  let endLife: (() => void) | undefined;

  const look = (): void => {
    const isUp = hasReadyPod(store) && !readSwitches(store).down;
    if (isUp === (endLife !== undefined)) return;
    endLife?.();
    endLife = isUp ? startLife({ ...options, tools, clock, delays }) : undefined;
  };
  const inNamespace = ({ object }: StoreEvent): void => {
    if (object.metadata.namespace === NAMESPACE) look();
  };
  const stops = [store.watch('pods', inNamespace), store.watch('configmaps', inNamespace)];
  return () => {
    for (const stop of stops) stop();
    endLife?.();
    tools.close();
  };
}

function hasReadyPod(store: BladeStore): boolean {
  const pods = store.list('pods', NAMESPACE) as Pod[];
  return pods.some((pod) => pod.metadata.labels?.['name'] === 'chaosblade-operator' && isReady(pod));
}
