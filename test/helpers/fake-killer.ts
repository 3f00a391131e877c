import { createPodKillDriver } from '../../src/faults/pod-kill/pod-kill-driver.ts';
import type { FaultDriver, Observation } from '../../src/faults/driver.ts';
import type { Clock, Millis } from '../../src/model/clock.ts';
import type { Fault, PodKillFaultSpec } from '../../src/model/fault.ts';
import { kill } from './kill-world.ts';

/** What a fault that heals by itself does in a fake world, and what a test makes of it. */
export interface FakeKiller {
  readonly driver: FaultDriver<PodKillFaultSpec>;
  /** When it acted, and when it was told to stop. */
  readonly acts: Millis[];
  stoppedAt?: Millis;
  /** From this instant on what it did is healed. */
  healedAt: Millis;
  /** Thrown by the next act after the first. */
  refused?: Error;
}

const EVERY_MS = 300;

/** A kill of the fake world: acts when injected and every 300 ms after. */
export function createFakeKiller(clock: Clock, write: (name: string) => Promise<void>): FakeKiller {
  const see = (state: Observation['state']): Observation => ({
    state,
    detail: `seen ${state}`,
    drift: [],
  });
  const driver: FaultDriver<PodKillFaultSpec> = {
    ...createPodKillDriver(),
    preflight: async (run, fault) => ({
      fault,
      findings: [],
      plan: {
        fault: fault.name,
        driver: 'pod-kill',
        targets: ['Pod default/ratings-1'],
        lockKeys: ['pods:default/ratings'],
        changes: [],
        undoCommands: [],
      },
      handle: { driver: 'pod-kill', run, fault: fault.name, data: {} },
    }),
    inject: async ({ fault }) => {
      await write(`inject ${fault.name}`);
      killer.acts.push(clock.now());
      return { baseline: null, warnings: [] };
    },
    keepUp: async (_, { signal }) => {
      signal.addEventListener('abort', () => (killer.stoppedAt = clock.now()), { once: true });
      for (;;) {
        await clock.sleep(EVERY_MS, signal);
        if (killer.refused !== undefined) throw killer.refused;
        killer.acts.push(clock.now());
      }
    },
    observe: async () => see('active'),
    rollback: async ({ fault }) => {
      await write(`roll back ${fault}`);
      return { drift: [], detail: 'nothing to take back' };
    },
    verifyGone: async () => see(clock.now() >= killer.healedAt ? 'gone' : 'pending'),
  };
  const killer: FakeKiller = { driver, acts: [], healedAt: 0 };
  return killer;
}

/** A kill of the fake world, from the start of the fault phase to its end. */
export function aKill(change: Partial<Fault<PodKillFaultSpec>> = {}): Fault<PodKillFaultSpec> {
  return { ...kill({}, 'kill'), ...change };
}
