import { formatDuration } from '../../model/duration.ts';
import type { Experiment } from '../../model/experiment.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import { checkFlags } from './check-flags.ts';
import { findAction, isExec, isTc } from './catalogue.ts';
import { faultTime } from './timeout.ts';

/** What the file alone shows to be wrong: what the operator or its tool would refuse, and what they would take and ignore. */
export function validateFault(fault: Fault<ChaosBladeFaultSpec>, experiment: Experiment): readonly Finding[] {
  const { spec } = fault;
  const where = fault.name;
  const troubles = [...selectionTroubles(spec), ...checkFlags(spec)];
  return [
    ...troubles.map((trouble) => finding('FAULT_INVALID', `Fault "${fault.name}": ${trouble}`, where)),
    ...(findAction(spec)?.flags === undefined && troubles.length === 0 ? [notChecked(fault)] : []),
    ...warnings(spec, where),
    ...wholeNode(fault),
    ...shortTimeout(fault, experiment),
  ];
}

function selectionTroubles({ scope, select, flags }: ChaosBladeFaultSpec): string[] {
  const { names = [], labels = {}, count, percent } = select;
  const troubles: string[] = [];
  if (names.length === 0 && Object.keys(labels).length === 0) {
    const all = count ?? percent;
    const why = all === undefined ? 'it selects nothing' : 'a count or percentage alone may hit anything';
    troubles.push(`${why}; give names or labels.`);
  }
  if (names.some((name) => name.trim() === '')) troubles.push('one of the names is empty.');
  if (new Set(names).size < names.length) troubles.push('a name is given twice.');
  if (scope === 'node' && Object.hasOwn(flags, 'evict-group'))
    troubles.push('evict-group selects no node at all, and the operator calls that a success.');
  return troubles;
}

function notChecked({ name, spec }: Fault<ChaosBladeFaultSpec>): Finding {
  const message = `Fault "${name}": the flags of ${spec.target} ${spec.action} are not known here and were not checked.`;
  return finding('NOT_CHECKED', message, name);
}

function warnings({ scope, select, flags }: ChaosBladeFaultSpec, where: string): Finding[] {
  const found: Finding[] = [];
  if (scope === 'node' && select.namespace !== undefined)
    found.push(finding('NAMESPACE_IGNORED', `Nodes have no namespace; "${select.namespace}" is ignored.`, where));
  if (flags['force'] === 'true') {
    const message = 'With `force` whatever shapes the device already is thrown away and not put back.';
    found.push(finding('FORCES_DEVICE', message, where));
  }
  return found;
}

/** `exclude-port` and `exclude-ip` are no safety net: ARP and IPv6 fall into the fault with them. Source: exec-os, tc mode 2. */
function wholeNode({ name, spec }: Fault<ChaosBladeFaultSpec>): Finding[] {
  const { scope, target, action, flags, allowWholeNode } = spec;
  if (scope !== 'node' || allowWholeNode) return [];
  const filters = ['local-port', 'remote-port', 'destination-ip'];
  const narrowed = spec.nodePortOf !== undefined || filters.some((flag) => Object.hasOwn(flags, flag));
  const isDnsDown = target === 'network' && action === 'dns_down';
  if (!isDnsDown && (!isTc(spec) || narrowed)) return [];
  const message = `Fault "${name}" hits everything that the node sends, its kubelet and the way to undo it included.`;
  const hint =
    'Narrow it by nodePortOf, localPort, remotePort or destinationIp, or accept it with `allowWholeNode: true`.';
  return [finding('WHOLE_NODE', message, name, hint)];
}

function shortTimeout(fault: Fault<ChaosBladeFaultSpec>, experiment: Experiment): Finding[] {
  const { timeout } = fault.spec;
  const needed = faultTime(fault, experiment);
  if (timeout === undefined || !isExec(fault.spec) || timeout > needed) return [];
  const message = `Fault "${fault.name}": a timeout of ${formatDuration(timeout)} ends it before its ${formatDuration(needed)} are over.`;
  const hint = 'Leave `timeout` out: it is then the time of the fault and a margin.';
  return [finding('TIMEOUT_SHORT', message, fault.name, hint)];
}
