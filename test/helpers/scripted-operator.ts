import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { createFakeCluster, type EditableObject, type FakeCluster, type FakeClusterOptions } from './fake-cluster.ts';
import { matchesLabels } from './selectors.ts';

type Json = Readonly<Record<string, unknown>>;

export const FINALIZER = 'finalizer.chaosblade.io';

/** What a scripted operator does with every ChaosBlade resource. */
export interface OperatorScript {
  /** `silent`: never looks at it. `executing`: stays in Initialized. Else what it writes when it is through. */
  inject?: 'works' | 'silent' | 'executing' | Json;
  /** `fails`: writes Destroying and never tries again. `ignores`: does nothing. */
  destroy?: 'works' | 'fails' | 'ignores';
}

/**
 * The fake cluster with an operator that takes one step of its work at each reading of a ChaosBlade resource. `script` may
 * be changed on the way.
 */
export function clusterWithOperator(
  objects: readonly KubernetesObject[],
  script: OperatorScript = {},
  options: FakeClusterOptions = {},
): FakeCluster {
  return createFakeCluster(objects, {
    ...options,
    async beforeRead(what, cluster) {
      await options.beforeRead?.(what, cluster);
      if (!what.startsWith('read chaosblades')) return;
      for (const blade of cluster.store.all().filter(({ kind }) => kind === 'ChaosBlade')) step(cluster, blade, script);
    },
  });
}

/** The status of a node fault that worked. */
export function nodeStatus(names: readonly string[], phase = 'Running'): Json {
  const resStatuses = names.map((name, n) => ({ ...worked(n), kind: 'node', identifier: `/${name}/` }));
  return { phase, expStatuses: [{ ...scopeOf('node'), success: true, state: 'Success', resStatuses }] };
}

function step(cluster: FakeCluster, { metadata, ...blade }: KubernetesObject, script: OperatorScript): void {
  const { inject = 'works', destroy = 'works' } = script;
  const key = { name: metadata.name };
  const phase = (blade['status'] as { phase?: string } | undefined)?.phase ?? '';
  const edit = (change: (object: EditableObject) => void): void => cluster.edit('ChaosBlade', key, change);
  if (metadata.deletionTimestamp !== undefined) {
    if (destroy === 'ignores' || phase === 'Destroying') return;
    if (destroy === 'works') edit((object) => void delete object.metadata.finalizers);
    else edit((object) => void (object.status = destroyFailed(object)));
  } else if (inject === 'silent') return;
  else if (phase === '')
    edit((object) => {
      object.metadata.finalizers = [FINALIZER];
      object.status = { phase: 'Initialized', expStatuses: [] };
    });
  else if (phase === 'Initialized' && inject !== 'executing')
    edit((object) => void (object.status = inject === 'works' ? carryOut(cluster, object) : { ...inject }));
}

function destroyFailed(object: EditableObject): Record<string, unknown> {
  const status = structuredClone(object.status) as { expStatuses: { resStatuses?: Json[] }[] };
  const error = 'RTNETLINK answers: No such file or directory, exec failed';
  const expStatuses = status.expStatuses.map((it) => ({
    ...it,
    success: false,
    error: 'see resStatus for the error details',
    resStatuses: (it.resStatuses ?? []).map((res) => ({ ...res, success: false, state: 'Error', error })),
  }));
  return { phase: 'Destroying', expStatuses };
}

function carryOut(cluster: FakeCluster, object: EditableObject): Record<string, unknown> {
  const { experiments = [] } = (object.spec ?? {}) as {
    experiments?: { scope: string; target: string; matchers: Matcher[] }[];
  };
  const [experiment] = experiments;
  const { scope = '', target = '', matchers = [] } = experiment ?? {};
  const matcher = (name: string): string | undefined => matchers.find((it) => it.name === name)?.value.join(',');
  const names = matcher('names')?.split(',');
  if (scope === 'node') return { ...nodeStatus(names ?? []) };
  const pods = cluster.store
    .all()
    .filter(({ kind, metadata }) => kind === 'Pod' && metadata.namespace === matcher('namespace'))
    .filter((pod) => names?.includes(pod.metadata.name) ?? matchesLabels(pod, matcher('labels')))
    .slice(0, Number(matcher('evict-count') ?? Number.POSITIVE_INFINITY));
  const resStatuses = pods.map((pod, n) => ({ ...worked(n), kind: scope, identifier: identifierOf(pod, target) }));
  if (target === 'pod') for (const { metadata } of pods) cluster.drop('Pod', metadata);
  return { phase: 'Running', expStatuses: [{ ...scopeOf(scope), success: true, state: 'Success', resStatuses }] };
}

interface Matcher {
  readonly name: string;
  readonly value: readonly string[];
}

function identifierOf({ metadata, spec }: KubernetesObject, target: string): string {
  const place = `${metadata.namespace}/${(spec as { nodeName: string }).nodeName}/${metadata.name}`;
  return target === 'pod' ? place : `${place}/app/${'a'.repeat(64)}/containerd`;
}

function worked(n: number): Json {
  return { id: `057acaa47ae6936${n}`, state: 'Success', success: true };
}

function scopeOf(scope: string): Json {
  return { scope, target: 'network', action: 'loss' };
}
