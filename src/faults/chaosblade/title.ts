import { formatDuration } from '../../model/duration.ts';
import type { BladeSelection, ChaosBladeFaultSpec, Fault } from '../../model/fault.ts';
import { isTc } from './catalogue.ts';

/** One line for people, e.g. `60% network loss on node worker-1 (eth0, local port 31966)`. */
export function titleOf({ spec }: Pick<Fault<ChaosBladeFaultSpec>, 'spec'>): string {
  return `${effectWords(spec)} on ${selectionWords(spec)}${filterWords(spec)}`;
}

/** `node worker-1`, `2 pods with app=ratings`. */
export function selectionWords({ scope, select }: ChaosBladeFaultSpec): string {
  const { names = [], labels, namespace } = select;
  const what = scope === 'node' ? 'node' : scope === 'pod' ? 'pod' : 'container of pod';
  const limit = limitWords(select);
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const chosen = names.length > 0 ? names.join(', ') : `with ${pairs.join(', ')}`;
  const plural = names.length === 1 ? what : `${what}s`;
  return `${limit}${plural} ${chosen}${namespace === undefined || scope === 'node' ? '' : ` in ${namespace}`}`;
}

function limitWords({ count, percent }: BladeSelection): string {
  if (count !== undefined) return `${count} of `;
  return percent === undefined ? '' : `${percent}% of `;
}

function effectWords({ target, action, flags, ...spec }: ChaosBladeFaultSpec): string {
  if (!isTc({ target, action })) return `${spec.scope === target ? '' : `${target} `}${action}`;
  const time = flags['time'] === undefined ? '' : formatDuration(Number(flags['time']));
  const offset = flags['offset'] === undefined ? '' : ` +/- ${formatDuration(Number(flags['offset']))}`;
  if (action === 'delay') return `${time}${offset} network delay`;
  return `${flags['percent'] ?? ''}% network ${action}`;
}

function filterWords(spec: ChaosBladeFaultSpec): string {
  if (!isTc(spec)) return '';
  const words = ['local-port', 'remote-port', 'destination-ip', 'exclude-port', 'exclude-ip', 'protocol'];
  const filters = words.flatMap((flag) => {
    const value = spec.flags[flag];
    return value === undefined ? [] : [`${flag.replace('-', ' ')} ${value}`];
  });
  const { namespace, service, port } = spec.nodePortOf ?? {};
  const nodePort = service === undefined ? [] : [`NodePort of ${namespace}/${service}:${port}`];
  return ` (${[spec.flags['interface'] ?? '', ...nodePort, ...filters].join(', ')})`;
}
