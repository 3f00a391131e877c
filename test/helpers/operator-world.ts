import { createStore } from '../../src/sandbox/api-server/store.ts';
import type { Blade, Experiment, ExpStatus, ResStatus } from '../../src/sandbox/blade-operator/blade.ts';
import { startBladeOperator } from '../../src/sandbox/blade-operator/start-operator.ts';
import { createRandom } from '../../src/sandbox/mesh/random.ts';
import type { ChaosBladeVersion } from '../../src/sandbox/options.ts';
import type { Store } from '../../src/sandbox/store.ts';
import type { TrafficFault } from '../../src/sandbox/traffic-faults.ts';
import { createNetwork } from '../../src/sandbox/wire/create-network.ts';
import { registerNodes } from '../../src/sandbox/workloads/node-list.ts';
import { createSteppedClock } from './stepped-clock.ts';
import type { SteppedClock } from './stepped-clock.ts';

export const BLADES = 'chaosblades.chaosblade.io';
export const NODES = ['holdfast-control-plane', 'holdfast-worker', 'holdfast-worker2'] as const;

/** The operator over a store with nodes and tool pods, on a clock that stands still: it acts 10 ms after an event. */
export interface OperatorWorld {
  readonly store: Store;
  readonly clock: SteppedClock;
  /** Creates a blade and lets nothing happen yet. */
  create(name: string, ...experiments: readonly Experiment[]): void;
  /** Creates a blade and lets a second pass, in which everything is done that is not slow; gives its only experiment. */
  run(name: string, ...experiments: readonly Experiment[]): Promise<ExpStatus>;
  blade(name: string): Blade | undefined;
  phase(name: string): string | undefined;
  /** The first experiment's status. */
  status(name: string): ExpStatus;
  /** Replaces a blade's experiments, as `kubectl edit` does. */
  edit(name: string, ...experiments: readonly Experiment[]): void;
  label(name: string): void;
  remove(name: string): void;
  /** Removes a blade and lets a second pass. */
  destroy(name: string): Promise<void>;
  /** Phase, `finalizer` and `leaving` after each write of a blade since it was created. */
  readonly history: readonly string[];
  /** A running pod with the containers `app` and `istio-proxy`. */
  addPod(name: string, options?: PodOptions): void;
  removePod(namespace: string, name: string): void;
  armed(target: string, device?: string): TrafficFault | undefined;
  setSwitches(data: Readonly<Record<string, string>>): void;
  close(): void;
}

export interface PodOptions {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly isRunning?: boolean;
  readonly graceSeconds?: number;
}

export function startOperatorWorld(version: ChaosBladeVersion = '1.8', seed = 1): OperatorWorld {
  const store = createStore();
  const network = createNetwork();
  const clock = createSteppedClock();
  const history: string[] = [];
  let addresses = 0;
  registerNodes(store);

  const addPod: OperatorWorld['addPod'] = (name, options = {}) => {
    addresses += 1;
    const ip = `10.244.1.${addresses}`;
    network.bind(ip, 9080, 1);
    createPod(store, name, ip, options);
  };
  addPod('operator', { namespace: 'chaosblade', labels: { name: 'chaosblade-operator' } });
  for (const node of NODES) {
    addPod(`tool-${node}`, { namespace: 'chaosblade', labels: { app: 'chaosblade-tool' }, node });
  }

  const random = createRandom(seed, 'chaosblade').next;
  const stop = startBladeOperator({ store, traffic: network.faults, version, random, clock, delays: DELAYS });
  store.watch(BLADES, ({ type, object }) => void history.push(lineOf(type, object as Blade)));

  const blade = (name: string) => store.get(BLADES, undefined, name) as Blade | undefined;
  const existing = (name: string): Blade => {
    const found = blade(name);
    if (!found) throw new Error(`there is no blade ${name}`);
    return found;
  };
  const create: OperatorWorld['create'] = (name, ...experiments) =>
    void store.create(BLADES, {
      apiVersion: 'chaosblade.io/v1alpha1',
      kind: 'ChaosBlade',
      metadata: { name, annotations: { note: 'mine' }, labels: { run: 'r1' } },
      spec: { experiments },
    });
  const status = (name: string): ExpStatus => {
    const first = existing(name).status?.expStatuses?.[0];
    if (!first) throw new Error(`${name} has no experiment in its status`);
    return first;
  };

  return {
    store,
    clock,
    history,
    create,
    async run(name, ...experiments) {
      create(name, ...experiments);
      await clock.step(1000);
      return status(name);
    },
    blade,
    phase: (name) => existing(name).status?.phase,
    status,
    edit: (name, ...experiments) => void store.update(BLADES, { ...existing(name), spec: { experiments } }),
    label: (name) => {
      const { metadata, ...rest } = existing(name);
      store.update(BLADES, { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, touched: 'yes' } } });
    },
    remove: (name) => store.remove(BLADES, undefined, name),
    async destroy(name) {
      store.remove(BLADES, undefined, name);
      await clock.step(1000);
    },
    addPod,
    removePod(namespace, name) {
      const pod = store.get('pods', namespace, name);
      network.unbind((pod?.['status'] as { podIP?: string } | undefined)?.podIP ?? '');
      store.remove('pods', namespace, name);
    },
    armed(target, device = 'eth0') {
      if (store.get('nodes', undefined, target)) return network.faults.armed({ kind: 'node', name: target }, device);
      const pod = store.list('pods').find(({ metadata }) => metadata.name === target);
      const ip = (pod?.['status'] as { podIP: string } | undefined)?.podIP ?? '';
      return network.faults.armed({ kind: 'pod', ip }, device);
    },
    setSwitches(data) {
      const metadata = { name: 'holdfast-sandbox-chaosblade', namespace: 'chaosblade' };
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
      if (store.get('configmaps', metadata.namespace, metadata.name)) store.update('configmaps', map);
      else store.create('configmaps', map);
    },
    close: stop,
  };
}

const DELAYS = { reconcileMs: 10, execMs: 100 };

/** An experiment with its matchers as an object; a value may be a list. */
export function experiment(
  kind: `${string}/${string}/${string}`,
  matchers: Readonly<Record<string, string | readonly string[]>> = {},
): Experiment {
  const [scope = '', target = '', action = ''] = kind.split('/');
  return {
    scope,
    target,
    action,
    matchers: Object.entries(matchers).map(([name, value]) => ({
      name,
      value: typeof value === 'string' ? [value] : value,
    })),
  };
}

/** Network loss of 60 % on all that leaves eth0 of a worker, or what else the matchers say. */
export function nodeLoss(matchers: Readonly<Record<string, string | readonly string[]>> = {}): Experiment {
  return experiment('node/network/loss', { names: 'holdfast-worker', interface: 'eth0', percent: '60', ...matchers });
}

/** The first target's result. */
export function only(status: ExpStatus): ResStatus | undefined {
  return status.resStatuses?.[0];
}

function createPod(store: Store, name: string, podIP: string, options: PodOptions): void {
  const { namespace = 'default', labels, node = 'holdfast-worker', isRunning = true, graceSeconds = 30 } = options;
  const state = isRunning ? { running: {} } : { waiting: {} };
  const containers = ['app', 'istio-proxy'];
  store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(labels && { labels: { ...labels } }) },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: graceSeconds,
      containers: containers.map((container) => ({ name: container, image: 'app:1' })),
    },
    status: {
      phase: 'Running',
      podIP,
      conditions: [{ type: 'Ready', status: isRunning ? 'True' : 'False' }],
      containerStatuses: containers.map((container) => ({
        name: container,
        state,
        containerID: `containerd://${container}-of-${name}`,
      })),
    },
  });
}

function lineOf(type: string, { metadata, status }: Blade): string {
  const words = [
    type === 'DELETED' ? 'gone' : (status?.phase ?? 'new'),
    ...(metadata.finalizers?.length ? ['finalizer'] : []),
    ...(metadata.deletionTimestamp ? ['leaving'] : []),
  ];
  return words.join(' ');
}
