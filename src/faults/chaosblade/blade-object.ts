import { createHash } from 'node:crypto';
import type { Millis } from '../../model/clock.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../model/fault.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { MANAGED_BY, RUN_LABEL } from '../../undo/marks.ts';
import { isExec } from './catalogue.ts';
import { BLADE_GROUP } from './resources.ts';

/** Which fault of the run it is, as far as a label can say. */
export const FAULT_LABEL = 'holdfast.dev/fault';

interface Matcher {
  readonly name: string;
  readonly value: readonly string[];
}

interface BladeExperiment {
  readonly scope?: string;
  readonly target?: string;
  readonly action?: string;
  readonly desc?: string;
  readonly matchers?: readonly Matcher[];
}

/** The resource that carries one fault. Its marks are labels: the operator throws annotations away. */
export function bladeObject(
  { run, name }: { readonly run: string; readonly name: string },
  fault: Fault<ChaosBladeFaultSpec>,
  namespace: string,
  timeout: Millis,
  version = 'v1alpha1',
): KubernetesObject {
  const { scope, target, action } = fault.spec;
  const matchers = matchersOf(fault.spec, namespace, timeout);
  return {
    apiVersion: `${BLADE_GROUP}/${version}`,
    kind: 'ChaosBlade',
    metadata: {
      name,
      labels: { ...MANAGED_BY, [RUN_LABEL]: run, [FAULT_LABEL]: slug(fault.name) },
    },
    spec: { experiments: [{ scope, target, action, desc: fault.name, matchers }] },
  };
}

/**
 * Unique for a run, experiment and fault: `holdfast-<run>-<fault>-<digest>`. The operator's timer for a resource that is
 * gone may still fire, and would end another one of the same name.
 */
export function bladeName(run: string, fault: string, experiment: string): string {
  // Different names may give the same slug; the digest keeps them apart.
  const digest = createHash('sha256')
    .update(JSON.stringify([experiment, fault]))
    .digest('hex')
    .slice(0, 6);
  return `holdfast-${run.toLowerCase()}-${slug(fault)}-${digest}`;
}

/** Whose a resource is: by its name, which nobody can change, or by its label. */
export function runOf({ metadata }: KubernetesObject): string | undefined {
  return /^holdfast-(\d{8}-\d{6}-[a-z0-9]{4})-/.exec(metadata.name)?.[1] ?? metadata.labels?.[RUN_LABEL];
}

/** The part of a resource that nobody but us writes: the operator puts annotations, a finalizer and a status on it. */
export function ownPart(object: KubernetesObject): KubernetesObject {
  const { apiVersion, kind, metadata } = object;
  const { annotations: _annotations, finalizers: _finalizers, ...kept } = metadata;
  return { apiVersion, kind, metadata: kept, spec: object['spec'] };
}

/** The experiment of a resource that carries one. */
export function experimentOf(object: KubernetesObject): BladeExperiment {
  return experimentsOf(object)[0] ?? {};
}

/** All experiments of a resource, ours or not. */
export function experimentsOf(object: KubernetesObject): readonly BladeExperiment[] {
  const { experiments } = (object['spec'] ?? {}) as { readonly experiments?: readonly BladeExperiment[] };
  return experiments ?? [];
}

/** A matcher's value as the operator reads it: joined with commas, the last of a name wins. */
export function matcherOf({ matchers = [] }: BladeExperiment, name: string): string | undefined {
  return matchers.findLast((matcher) => matcher.name === name)?.value.join(',');
}

function matchersOf(spec: ChaosBladeFaultSpec, namespace: string, timeout: Millis): Matcher[] {
  const { scope, select, flags } = spec;
  const labels = Object.entries(select.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const all: readonly (readonly [string, string | undefined])[] = [
    ['names', select.names?.join(',')],
    ['namespace', scope === 'node' ? undefined : namespace],
    ['labels', labels.length === 0 ? undefined : labels.join(',')],
    ['evict-count', select.count?.toString()],
    ['evict-percent', select.percent?.toString()],
    ...Object.entries(flags),
    ['timeout', isExec(spec) ? String(Math.ceil(timeout / 1000)) : undefined],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: [value] }]));
}

/** A name as a part of a DNS label and of a label's value. */
function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'fault' : plain;
}
