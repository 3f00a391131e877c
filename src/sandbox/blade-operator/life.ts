import type { ChaosBladeVersion } from '../options.ts';
import { BLADES } from './blade.ts';
import type { Blade, BladeSpec } from './blade.ts';
import type { BladeClock, BladeDelays } from './clock.ts';
import { concerns, isRespecified } from './concerns.ts';
import { expire } from './expire.ts';
import { reconcile } from './reconcile.ts';
import type { BladeStore, Reconciling } from './reconcile.ts';
import type { Tools } from './tools.ts';

export interface LifeOptions {
  readonly store: BladeStore;
  readonly version: ChaosBladeVersion;
  readonly random: () => number;
  readonly tools: Tools;
  readonly clock: BladeClock;
  readonly delays: BladeDelays;
}

/**
 * An operator process from its start to its end: blades are looked at side by side, each by one look at a time. What it
 * remembers - changes not acted on, timeouts - is gone with it. Returns how to end it.
 */
export function startLife({ store, clock, delays, ...options }: LifeOptions): () => void {
  const end = new AbortController();
  const sleep: Reconciling['sleep'] = async (ms) => {
    if (ms > 0) await clock.sleep(ms, end.signal);
    end.signal.throwIfAborted();
  };
  const seen = new Map<string, Blade>();
  const preSpecs = new Map<string, BladeSpec>();
  const due = new Set<string>();
  const busy = new Set<string>();

  const context: Reconciling = {
    ...options,
    store,
    sleep,
    onCreated: (blade, created) => {
      for (const [index, each] of created.entries()) expire(context, blade, each, index).catch(swallow);
    },
  };

  const work = async (name: string): Promise<void> => {
    if (busy.has(name)) return;
    busy.add(name);
    while (due.has(name) && !end.signal.aborted) {
      await sleep(delays.reconcileMs).catch(swallow);
      due.delete(name);
      const preSpec = preSpecs.get(name);
      preSpecs.delete(name);
      // An error is logged by the real operator and not tried again.
      if (!end.signal.aborted) await reconcile(context, name, preSpec).catch(swallow);
    }
    busy.delete(name);
  };

  const stop = store.watch(BLADES, ({ type, object }) => {
    const now = object as Blade;
    const { name } = now.metadata;
    const before = seen.get(name);
    if (type === 'DELETED') {
      seen.delete(name);
      preSpecs.delete(name);
      return;
    }
    seen.set(name, now);
    if (before && isRespecified(before, now)) preSpecs.set(name, before.spec);
    if (!concerns(before, now)) return;
    due.add(name);
    void work(name);
  });

  return () => {
    stop();
    end.abort();
  };
}

function swallow(): void {}
