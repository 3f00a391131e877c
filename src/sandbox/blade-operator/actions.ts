import type { ChaosBladeVersion } from '../options.ts';

/** How an action is carried out here: by a queueing discipline, by deleting pods, by a missing program, or not at all. */
export type Deed = 'tc' | 'delete' | 'iptables' | 'none';

export interface Action {
  readonly deed: Deed;
  /** Done by the operator itself instead of a tool pod. */
  readonly ofOperator: boolean;
  /** Undefined where the flags are not written down here: any is taken. */
  readonly flags: readonly string[] | undefined;
  readonly required: readonly string[];
}

type Scope = 'node' | 'pod' | 'container';

interface Row {
  readonly target: string;
  /** Every name it goes by. */
  readonly names: string;
  readonly scopes?: readonly Scope[];
  /** Required ones carry a `*`. */
  readonly flags?: string;
  readonly deed?: Deed;
  /** Absent in 0.8. */
  readonly isNew?: true;
}

const TC =
  '*interface local-port remote-port exclude-port destination-ip exclude-ip protocol ignore-peer-port force timeout';

/** Source: chaosblade-exec-os and chaosblade-operator, the actions' flag specs. */
const ROWS: readonly Row[] = [
  { target: 'network', names: 'loss', flags: `*percent ${TC}`, deed: 'tc' },
  { target: 'network', names: 'corrupt', flags: `*percent ${TC}`, deed: 'tc' },
  { target: 'network', names: 'duplicate', flags: `*percent ${TC}`, deed: 'tc' },
  { target: 'network', names: 'delay', flags: `*time offset ${TC}`, deed: 'tc' },
  { target: 'network', names: 'reorder', flags: `*percent *correlation gap time ${TC}`, deed: 'tc' },
  {
    target: 'network',
    names: 'drop',
    flags: 'source-ip destination-ip source-port destination-port string-pattern network-traffic timeout',
    deed: 'iptables',
  },
  { target: 'network', names: 'dns_down', flags: 'allow_domain timeout', deed: 'iptables', isNew: true },
  { target: 'network', names: 'dns', flags: '*domain *ip timeout' },
  { target: 'network', names: 'occupy', flags: '*port force cgroup-root timeout' },
  {
    target: 'cpu',
    names: 'fullload load fl',
    flags: 'cpu-percent cpu-count cpu-list climb-time cgroup-root timeout',
  },
  {
    target: 'mem',
    names: 'load',
    flags: 'mode mem-percent reserve rate include-buffer-cache avoid-being-killed timeout',
  },
  { target: 'disk', names: 'fill', flags: 'path percent reserve size retain-handle timeout' },
  { target: 'disk', names: 'burn', flags: 'read write size path timeout' },
  {
    target: 'process',
    names: 'kill',
    flags: 'process process-cmd local-port pid count *signal exclude-process ignore-not-found timeout',
  },
  {
    target: 'process',
    names: 'stop',
    flags: 'process process-cmd local-port pid count exclude-process ignore-not-found timeout',
  },
  {
    target: 'process',
    names: 'load',
    flags: 'process process-cmd local-port pid count exclude-process ignore-not-found timeout',
    isNew: true,
  },
  { target: 'file', names: 'append add chmod delete move' },
  { target: 'script', names: 'delay exit' },
  { target: 'container', names: 'remove rm', scopes: ['container'], flags: 'force timeout' },
  { target: 'pod', names: 'delete', scopes: ['pod'], flags: 'random evict-group', deed: 'delete' },
  { target: 'pod', names: 'fail', scopes: ['pod'], flags: 'evict-group' },
  { target: 'pod', names: 'IO', scopes: ['pod'], flags: 'random evict-group method delay path percent errno' },
];

/** What an action is in a release; undefined when that release has no such action in the scope. */
export function findAction(
  version: ChaosBladeVersion,
  scope: string,
  target: string,
  action: string,
): Action | undefined {
  const row = ROWS.find(
    ({ target: rowTarget, names, scopes, isNew }) =>
      rowTarget === target &&
      names.split(' ').includes(action) &&
      (scopes ?? ['node', 'pod', 'container']).some((each) => each === scope) &&
      !(isNew === true && version === '0.8'),
  );
  if (row === undefined) return undefined;
  const words = (row.flags ?? '').split(' ').filter((word) => !(word === 'protocol' && version === '0.8'));
  return {
    deed: row.deed ?? 'none',
    ofOperator: row.target === 'pod',
    flags: row.flags === undefined ? undefined : words.map((word) => word.replace('*', '')),
    required: words.filter((word) => word.startsWith('*')).map((word) => word.slice(1)),
  };
}
