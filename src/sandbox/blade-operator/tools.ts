import type { Store } from '../store.ts';
import type { TrafficFaults } from '../traffic-faults.ts';
import { isReady } from '../workloads/kinds.ts';
import type { Pod } from '../workloads/kinds.ts';
import type { Action } from './actions.ts';
import { NAMESPACE } from './blade.ts';
import type { BladeClock, BladeDelays } from './clock.ts';
import type { Flags } from './matchers.ts';
import { Refusal } from './refusal.ts';
import { isToFail, readSwitches } from './switches.ts';
import type { Target } from './targets.ts';
import { timeoutMs } from './timeout.ts';
import { addDiscipline, deleteDiscipline } from './traffic.ts';

export interface ToolOptions {
  readonly store: Store;
  readonly traffic: TrafficFaults;
  readonly random: () => number;
  readonly clock: BladeClock;
  readonly delays: BladeDelays;
}

/** What the tool pod is told to do at a target. */
export interface Command {
  readonly name: string;
  readonly action: Action;
  readonly flags: Flags;
}

/** The `blade` program in the tool pods, one on each node. */
export interface Tools {
  /** `blade create`: gives the experiment's uid; throws a Refusal with what the command printed. */
  create(target: Target, command: Command): Promise<string>;
  /** `blade destroy`; throws a Refusal as well. */
  destroy(uid: string): Promise<void>;
  /** `blade status` in the tool pod of a node; undefined when it knows no such experiment. */
  status(node: string, uid: string): 'Success' | 'Destroyed' | undefined;
  /** Ends the timers of `timeout`. */
  close(): void;
}

interface Experiment {
  readonly target: Target;
  readonly command: Command;
  readonly hasEffect: boolean;
  state: 'Success' | 'Destroyed';
}

export function createTools(options: ToolOptions): Tools {
  const { store, random, clock, delays } = options;
  const known = new Map<string, Experiment>();
  const closed = new AbortController();

  const execute = async (node: string): Promise<Pod> => {
    const pod = toolPod(store, node);
    await clock.sleep(delays.execMs * (0.5 + random()), closed.signal);
    return pod;
  };

  /** The shell that `blade create` leaves behind: it dies with its pod. */
  const expireLater = async (experiment: Experiment, pod: Pod, ms: number): Promise<void> => {
    await clock.sleep(ms, closed.signal);
    const isThere = store.get('pods', NAMESPACE, pod.metadata.name)?.metadata.uid === pod.metadata.uid;
    if (!isThere || experiment.state === 'Destroyed') return;
    undo(options, experiment);
    experiment.state = 'Destroyed';
  };

  return {
    async create(target, command) {
      const pod = await execute(target.node);
      checkFlags(command);
      const limit = timeoutMs(command.flags);
      const experiment: Experiment = { target, command, hasEffect: act(options, target, command), state: 'Success' };
      const uid = newUid(random);
      known.set(uid, experiment);
      if (limit !== undefined) void expireLater(experiment, pod, limit).catch(() => undefined);
      return uid;
    },
    async destroy(uid) {
      const experiment = known.get(uid);
      if (!experiment) throw new Refusal(`\`${uid}\`: record not found`);
      await execute(experiment.target.node);
      if (readSwitches(store).failDestroy) {
        throw new Refusal('destory experiment failed, cannot get the chaos_os program');
      }
      // Only for nodes is the uid sent along, so only their records are found and marked; the timers of the others go on.
      if (experiment.target.scope !== 'node') return undo(options, experiment);
      if (experiment.state === 'Destroyed') return;
      undo(options, experiment);
      experiment.state = 'Destroyed';
    },
    status(node, uid) {
      const experiment = known.get(uid);
      return experiment?.target.node === node ? experiment.state : undefined;
    },
    close: () => closed.abort(),
  };
}

/** Does what the command says; false when it only says so. */
function act({ store, traffic }: ToolOptions, target: Target, { name, action, flags }: Command): boolean {
  const switches = readSwitches(store);
  const isFailing = isToFail(switches, target.name);
  if (action.deed === 'iptables') throw new Refusal('`iptables`: command not found');
  const acts = action.deed === 'tc' && !switches.noEffect && (!isFailing || switches.failYetAct);
  if (acts) addDiscipline(traffic, target, name, flags);
  if (isFailing) throw new Refusal(switches.failText);
  return acts;
}

function undo({ store, traffic }: ToolOptions, { target, command, hasEffect }: Experiment): void {
  if (
    target.pod !== undefined &&
    store.get('pods', target.pod.namespace, target.name)?.metadata.uid !== target.pod.uid
  ) {
    throw new Refusal('invalid parameter `container-id`, can not find container by id');
  }
  if (hasEffect) deleteDiscipline(traffic, target, command.flags);
}

/** Without a tool pod the operator runs its command in a pod without a name, and tells what comes of it. */
function toolPod(store: Store, node: string): Pod {
  const pods = (store.list('pods', NAMESPACE) as Pod[]).filter(
    ({ metadata, spec }) => metadata.labels?.['app'] === 'chaosblade-tool' && spec.nodeName === node,
  );
  const pod = pods.find(isReady) ?? pods[0];
  if (!pod) throw new Refusal('`pods/exec`: k8s exec failed, err: resource name may not be empty');
  if (isReady(pod)) return pod;
  throw new Refusal(
    `cannot get output of pods/${pod.metadata.name}/exec, maybe kubelet cannot be accessed or container not found`,
  );
}

function checkFlags({ action, flags }: Command): void {
  const unknown = [...flags.keys()].find((name) => action.flags?.includes(name) === false);
  if (unknown !== undefined) throw new Refusal(`unknown flag: --${unknown}`);
  const missing = action.required.find((name) => !flags.has(name));
  if (missing !== undefined) throw new Refusal(`less parameter: \`${missing}\``);
}

function newUid(random: () => number): string {
  return Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('');
}
