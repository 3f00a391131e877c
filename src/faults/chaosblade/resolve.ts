import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { FaultReach } from '../../model/plan.ts';
import type { DriverContext } from '../driver.ts';
import type { Operator } from './operator.ts';
import { resolvePods } from './resolve-pods.ts';
import { listAll } from './resources.ts';
import { suggestNode } from './suggest-node.ts';
import type { Expected } from './targets.ts';
import { isOlder } from './version.ts';

/** Whom a selection means now, worked out as the operator does. */
export interface Resolution {
  readonly expected: Expected;
  /** The pods among them; none for nodes. */
  readonly pods: readonly KubernetesObject[];
  readonly reach?: FaultReach;
  readonly findings: readonly Finding[];
}

/** Reads the nodes or pods that a fault selects; `namespace` is where pods are looked for. */
export async function resolveSelection(
  spec: ChaosBladeFaultSpec,
  namespace: string,
  operator: Operator | undefined,
  context: DriverContext,
): Promise<Resolution> {
  if (spec.scope === 'node') return resolveNodes(spec, await listAll(context, '', 'nodes'), operator);
  return resolvePods(spec, namespace, await listAll(context, '', 'pods', { namespace }), operator);
}

function resolveNodes(
  { select }: ChaosBladeFaultSpec,
  nodes: readonly KubernetesObject[],
  operator: Operator | undefined,
): Resolution {
  const { names, labels } = select;
  const chosen = names?.map((name) => nodes.find(({ metadata }) => metadata.name === name)) ?? nodes;
  const found = chosen.filter((node) => node !== undefined);
  const matching = found.filter((node) =>
    hasLabels(node, labels, names !== undefined && !isOlder(operator?.version, '1.7')),
  );
  const candidates = matching.map(({ metadata }) => ({
    kind: 'node' as const,
    name: metadata.name,
    namespace: '',
    node: metadata.name,
    uid: metadata.uid ?? '',
  }));
  const unknown = (names ?? []).filter((name) => !found.some(({ metadata }) => metadata.name === name));
  const findings = [...unknown.map((name) => noNode(name, nodes)), ...matching.filter(isNotReady).map(notReady)];
  const { expected } = limited(candidates, select);
  const reach = {
    nodes: { candidates: expected.candidates.map(({ name }) => name), take: expected.take, of: nodes.length },
    workloads: matching.map(({ metadata }) => ({ name: `Node ${metadata.name}`, labels: metadata.labels ?? {} })),
  };
  return { expected, pods: [], reach, findings: withEmpty(findings, candidates.length, select) };
}

function isNotReady({ status }: KubernetesObject): boolean {
  const { conditions = [] } = (status ?? {}) as { readonly conditions?: readonly Condition[] };
  return conditions.some(({ type, status: state }) => type === 'Ready' && state !== 'True');
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

function notReady({ metadata }: KubernetesObject): Finding {
  const message = `Node ${metadata.name} is not ready already, so what is seen there need not be the fault.`;
  return finding('NODE_NOT_READY', message, `Node ${metadata.name}`);
}

function noNode(name: string, nodes: readonly KubernetesObject[]): Finding {
  const suggestion = suggestNode(name, nodes);
  const all = nodes.map(({ metadata }) => metadata.name).join(', ');
  const meant = suggestion === undefined ? '' : ` Did you mean ${suggestion.name}? ${suggestion.because}`;
  const message = `There is no node ${name}: the operator could not find it.${meant}`;
  return finding('NO_NODE', message, `Node ${name}`, `Nodes: ${all}.`);
}

/**
 * Those of the candidates that the operator takes. Of names it takes the first, of labels whichever come first in its
 * cache. Source: chaosblade-operator, `evict-count` and `evict-percent`.
 */
export function limited(
  all: Expected['candidates'],
  { names, count, percent }: ChaosBladeFaultSpec['select'],
): { readonly expected: Expected } {
  const share = percent === undefined ? all.length : Math.round((percent / 100) * all.length);
  const take = Math.min(all.length, count ?? all.length, share);
  return { expected: { candidates: names === undefined ? all : all.slice(0, take), take } };
}

/** A selection that comes to nothing is an error even where each part of it is in order. */
export function withEmpty(
  findings: readonly Finding[],
  candidates: number,
  { percent }: ChaosBladeFaultSpec['select'],
): readonly Finding[] {
  if (findings.some(({ severity }) => severity === 'error')) return findings;
  if (candidates === 0) return [...findings, finding('NO_TARGET', 'Nothing has these names and labels.')];
  if (percent === undefined || Math.round((percent / 100) * candidates) > 0) return findings;
  const message = `${percent}% of ${candidates} targets is rounded to none, which the operator calls a success.`;
  return [...findings, finding('NO_TARGET', message)];
}

/** With names, operators since 1.7 are content with any one of the labels. */
export function hasLabels(
  { metadata }: KubernetesObject,
  labels: Readonly<Record<string, string>> | undefined,
  any: boolean,
): boolean {
  const pairs = Object.entries(labels ?? {});
  if (pairs.length === 0) return true;
  const has = ([key, value]: readonly [string, string]): boolean => metadata.labels?.[key] === value;
  return any ? pairs.some(has) : pairs.every(has);
}
