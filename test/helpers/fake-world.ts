import type { FaultDriver, Leftover, Observation, PreparedFault } from '../../src/faults/driver.ts';
import type { Lock, World } from '../../src/engine/world.ts';
import type { Clock } from '../../src/model/clock.ts';
import { createIstioDriver } from '../../src/faults/istio/istio-driver.ts';
import type { IstioFault, IstioFaultSpec } from '../../src/model/fault.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { PreparedSetup, SetupDriver } from '../../src/undo/setup.ts';
import { createFakeCluster } from './fake-cluster.ts';
import { createFakeKiller, type FakeKiller } from './fake-killer.ts';
import { createFakeSampler, type FakeSampler } from './fake-sampler.ts';

/** What happens in a fake world, and what a test makes go wrong in it. */
export interface FakeWorld {
  readonly world: World;
  readonly sampler: FakeSampler;
  readonly killer: FakeKiller;
  /** Every write, in order: `lock vs:default/ratings`, `inject slow`, `roll back slow`, ... */
  readonly writes: string[];
  /** Faults that are in now. */
  readonly active: Set<string>;
  /** Setup objects that are applied now. */
  readonly applied: Set<string>;
  readonly locked: Map<string, AbortController>;
  /** Throws, or never resolves, in place of the write of that name. */
  readonly failing: Map<string, () => Promise<void> | void>;
  /** Called after each write. */
  onWrite?: (write: string) => void;
  findings: readonly Finding[];
  leftovers: readonly Leftover[];
  liveRuns: readonly string[];
  drift: Observation['drift'];
  /** Faults that are injected but do not bite. */
  readonly toothless: Set<string>;
  /** Faults that go on biting after they were taken back. */
  readonly sticky: Set<string>;
  /** Faults that the cluster has ended by itself. */
  readonly ended: Set<string>;
  /** Until then no fault is seen to be gone. */
  lingering: number;
  /** How many requests a fault has hit; set to have the driver count. */
  hits?: (fault: string) => number;
}

/** A world without a cluster: its faults are names in a set, its answers come from `createFakeSampler`. */
export function createFakeWorld(clock: Clock): FakeWorld {
  const cluster = createFakeCluster();
  const writes: string[] = [];
  const failing: FakeWorld['failing'] = new Map();
  const write = async (name: string): Promise<void> => {
    await failing.get(name)?.();
    writes.push(name);
    fake.onWrite?.(name);
  };
  const biting = (): boolean =>
    [...fake.active].some((it) => !fake.toothless.has(it)) ||
    [...fake.sticky].some((it) => writes.includes(`inject ${it}`));
  const sampler = createFakeSampler(clock, biting);
  const killer = createFakeKiller(clock, write);
  const world: World = {
    target: { kind: 'cluster', context: 'test', server: 'https://127.0.0.1' },
    cluster,
    forceFinalizer: false,
    openFiles: () => undefined,
    setup: createFakeSetup(write, () => fake),
    drivers: [createFakeDriver(clock, write, () => fake), killer.driver],
    openSampler: async () => {
      sampler.closed = false;
      return sampler;
    },
    checkPolicy: async () => [],
    findIngress: async () => ({ scheme: 'http', address: '127.0.0.1', port: 80, host: 'test', how: 'made up' }),
    checkLocks: async () => [],
    lock: async (key): Promise<Lock> => {
      await write(`lock ${key}`);
      const lost = new AbortController();
      fake.locked.set(key, lost);
      return {
        key,
        lost: lost.signal,
        release: async () => {
          await write(`unlock ${key}`);
          fake.locked.delete(key);
        },
      };
    },
    liveRuns: async () => new Set(fake.liveRuns),
    close: async () => undefined,
  };
  const fake: FakeWorld = {
    world,
    sampler,
    killer,
    writes,
    active: new Set(),
    applied: new Set(),
    locked: new Map(),
    failing,
    findings: [],
    leftovers: [],
    liveRuns: [],
    drift: [],
    toothless: new Set(),
    sticky: new Set(),
    ended: new Set(),
    lingering: 0,
  };
  return fake;
}

type Write = (name: string) => Promise<void>;

function createFakeDriver(clock: Clock, write: Write, world: () => FakeWorld): FaultDriver<IstioFaultSpec> {
  const see = (state: Observation['state']): Observation => ({
    state,
    detail: `seen ${state}`,
    drift: world().drift,
  });
  return {
    name: 'istio',
    title: (fault) => `title of ${fault.name}`,
    effect: createIstioDriver().effect,
    validate: () => [],
    preflight: async (run, fault) => prepareFault(run, fault, world().findings),
    inject: async ({ fault }) => {
      const writtenAt = clock.now();
      await write(`inject ${fault.name}`);
      world().active.add(fault.name);
      return { baseline: null, warnings: [], writtenAt };
    },
    observe: async ({ fault }) => {
      const { hits, ended, active, toothless } = world();
      const state = active.has(fault) && !toothless.has(fault) ? 'active' : 'pending';
      return { ...see(ended.has(fault) ? 'ended' : state), ...(hits && { hits: { caller: hits(fault) } }) };
    },
    rollback: async ({ fault }) => {
      await write(`roll back ${fault}`);
      const was = world().active.delete(fault);
      return { ...(was && { writtenAt: clock.now() }), drift: [], detail: 'taken back' };
    },
    verifyGone: async ({ fault }) => {
      await world().failing.get(`verify ${fault}`)?.();
      return see(world().sticky.has(fault) || clock.now() < world().lingering ? 'active' : 'gone');
    },
    leftovers: async () => world().leftovers,
  };
}

function prepareFault(run: string, fault: IstioFault, findings: readonly Finding[]): PreparedFault<IstioFaultSpec> {
  const { service } = fault.spec;
  const object = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    namespace: 'default',
    name: service,
  } as const;
  return {
    fault,
    plan: {
      fault: fault.name,
      driver: 'istio',
      targets: [`VirtualService default/${service}`],
      lockKeys: [`vs:default/${service}`],
      changes: [{ verb: 'update', object, diff: '+ fault' }],
      undoCommands: [`kubectl undo ${fault.name}`],
    },
    findings,
    handle: { driver: 'istio', run, fault: fault.name, data: {} },
  };
}

function createFakeSetup(write: Write, world: () => FakeWorld): SetupDriver {
  return {
    prepare: async (run, manifests): Promise<PreparedSetup> => {
      const objects = manifests.flatMap((it) => it.objects);
      const handles = objects.map(({ apiVersion, kind, metadata: { name } }) => ({
        run,
        object: { apiVersion, kind, namespace: 'default', name },
      }));
      const changes = handles.map(({ object }) => ({ verb: 'update', object, diff: '' }) as const);
      return { handles, changes, lockKeys: handles.map((it) => `vs:default/${it.object.name}`), findings: [] };
    },
    apply: async (_, { object }) => {
      await write(`set up ${object.name}`);
      world().applied.add(object.name);
    },
    undo: async ({ object }) => {
      await write(`undo setup ${object.name}`);
      world().applied.delete(object.name);
      return { drift: [], detail: 'put back' };
    },
    leftovers: async () => [],
  };
}
