import type { ChaosBladeFaultSpec } from '../../model/fault.ts';

export type Scope = ChaosBladeFaultSpec['scope'];

/** What a flag's text must be. All values are strings to ChaosBlade. */
export type FlagKind = 'percent' | 'positive' | 'number' | 'ports' | 'addresses' | 'protocol' | 'true' | 'text';

export interface Flag {
  readonly kind: FlagKind;
  readonly required?: boolean;
  /** The first operator version that has it; absent: at least 0.8.0. */
  readonly since?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface Action {
  readonly scopes: readonly Scope[];
  /** Absent: known to exist, its flags are not checked. */
  readonly flags?: Flags;
  /** At least one of these is needed. */
  readonly oneOf?: readonly string[];
  readonly since?: string;
  /** It shapes a device's packets by `tc`: one such fault for each device. */
  readonly tc?: boolean;
  /** Carried out by the operator itself through the Kubernetes API, without a tool pod and without a timeout. */
  readonly native?: boolean;
}

const EVERYWHERE: readonly Scope[] = ['node', 'pod', 'container'];
/** Where only 0.8.0 and the newest are known, "later than 0.8" is all that can be said. Source: the flags of the two. */
const AFTER_0_8 = '0.9.0';

const [percent, positive, number, ports, addresses, isTrue, text] = (
  ['percent', 'positive', 'number', 'ports', 'addresses', 'true', 'text'] as const
).map((kind): Flag => ({ kind })) as [Flag, Flag, Flag, Flag, Flag, Flag, Flag];
const required = (flag: Flag): Flag => ({ ...flag, required: true });

const tcFlags: Flags = {
  interface: required(text),
  'local-port': ports,
  'remote-port': ports,
  'exclude-port': ports,
  'destination-ip': addresses,
  'exclude-ip': addresses,
  protocol: { kind: 'protocol', since: AFTER_0_8 },
  'ignore-peer-port': isTrue,
  force: isTrue,
};
const tc = (flags: Flags): Action => ({ scopes: EVERYWHERE, flags: { ...flags, ...tcFlags }, tc: true });
const os = (flags: Flags, more: Partial<Action> = {}): Action => ({ scopes: EVERYWHERE, flags, ...more });
const unchecked: Action = { scopes: EVERYWHERE };
const processFlags: Flags = {
  process: text,
  'process-cmd': text,
  'local-port': ports,
  pid: text,
  count: positive,
  'exclude-process': text,
  'ignore-not-found': isTrue,
};
const processChosenBy = ['process', 'process-cmd', 'local-port', 'pid'];

/**
 * Targets and their actions. Every action but the native ones takes `timeout` too. Sources: chaosblade-exec-os and
 * chaosblade-operator, 0.8.0 and 1.8.0.
 */
export const CATALOGUE: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  network: {
    loss: tc({ percent: required(percent) }),
    corrupt: tc({ percent: required(percent) }),
    duplicate: tc({ percent: required(percent) }),
    delay: tc({ time: required(positive), offset: number }),
    reorder: tc({ percent: required(percent), correlation: required(percent), gap: positive, time: positive }),
    drop: os(
      {
        'source-ip': addresses,
        'destination-ip': addresses,
        'source-port': ports,
        'destination-port': ports,
        'string-pattern': text,
        'network-traffic': text,
      },
      { oneOf: ['source-ip', 'destination-ip', 'source-port', 'destination-port', 'string-pattern'] },
    ),
    dns: os({ domain: required(text), ip: required(text) }),
    dns_down: os({ allow_domain: text }, { since: AFTER_0_8 }),
    occupy: os({ port: required(ports), force: isTrue, 'cgroup-root': text }),
  },
  cpu: {
    fullload: os({
      'cpu-percent': percent,
      'cpu-count': positive,
      'cpu-list': text,
      'climb-time': number,
      'cgroup-root': text,
    }),
  },
  mem: {
    load: os({
      mode: text,
      'mem-percent': percent,
      reserve: number,
      rate: positive,
      'include-buffer-cache': isTrue,
      'avoid-being-killed': isTrue,
    }),
  },
  disk: {
    fill: os(
      { path: text, percent, reserve: number, size: positive, 'retain-handle': isTrue },
      { oneOf: ['percent', 'reserve', 'size'] },
    ),
    burn: os({ read: isTrue, write: isTrue, size: positive, path: text }, { oneOf: ['read', 'write'] }),
  },
  process: {
    kill: os({ ...processFlags, signal: required(positive) }, { oneOf: processChosenBy }),
    stop: os(processFlags, { oneOf: processChosenBy }),
    load: os(processFlags, { since: AFTER_0_8 }),
  },
  file: { append: unchecked, add: unchecked, chmod: unchecked, delete: unchecked, move: unchecked },
  script: { delay: unchecked, exit: unchecked },
  container: { remove: { scopes: ['container'], flags: { force: isTrue } } },
  pod: {
    delete: { scopes: ['pod'], flags: { random: isTrue, 'evict-group': text }, native: true },
    fail: { scopes: ['pod'], flags: { 'evict-group': text }, native: true },
    IO: {
      scopes: ['pod'],
      flags: {
        method: required(text),
        delay: number,
        path: text,
        random: isTrue,
        percent,
        errno: number,
        'evict-group': text,
      },
      native: true,
    },
  },
};

/** Other names that the tool takes for an action. */
export const ALIASES: Readonly<Record<string, string>> = { load: 'fullload', fl: 'fullload', rm: 'remove' };

/** Where and how the tool gets into a container; any action takes them, and the operator strips them. */
export const TOOL_FLAGS: Flags = {
  'chaosblade-path': text,
  'chaosblade-override': isTrue,
  'chaosblade-deploy-mode': text,
  'chaosblade-download-url': text,
};

/** Which container; one of the first three is needed in scope `container`. */
export const CONTAINER_FLAGS: Flags = { 'container-ids': text, 'container-names': text, 'container-index': number };
export const CONTAINER_NETWORK_FLAGS: Flags = { 'is-docker-network': isTrue, 'use-sidecar-container-network': isTrue };

/** The action of a fault, under its own name or an alias; undefined when the table has none. */
export function findAction({ target, action }: Pick<ChaosBladeFaultSpec, 'target' | 'action'>): Action | undefined {
  const actions = own(CATALOGUE, target);
  if (actions === undefined) return undefined;
  return own(actions, action) ?? own(actions, own(ALIASES, action) ?? '');
}

/** The experiment is carried out by the tool in a tool pod, and ends by itself after its timeout. */
export function isExec(spec: Pick<ChaosBladeFaultSpec, 'target' | 'action'>): boolean {
  return findAction(spec)?.native !== true;
}

/** The experiment takes a device's queueing discipline for itself. */
export function isTc(spec: Pick<ChaosBladeFaultSpec, 'target' | 'action'>): boolean {
  return findAction(spec)?.tc === true;
}

function own<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
