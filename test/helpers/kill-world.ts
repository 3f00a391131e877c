import { createPodKillDriver } from '../../src/faults/pod-kill/pod-kill-driver.ts';
import type { Fault, PodKillFaultSpec } from '../../src/model/fault.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { anExperiment } from './an-experiment.ts';
import { driverContext } from './driver-context.ts';
import { createFakeCluster, type FakeCluster, type FakeClusterOptions } from './fake-cluster.ts';

type Json = Readonly<Record<string, unknown>>;

/** One pod with the label `app` of one of reviews' Deployments unless told otherwise. */
export function kill(change: Partial<PodKillFaultSpec> = {}, name = 'kill reviews'): Fault<PodKillFaultSpec> {
  return {
    name,
    startAfter: 0,
    line: 1,
    spec: {
      driver: 'pod-kill',
      select: { kind: 'labels', labels: { app: 'reviews' } },
      take: { kind: 'count', count: 1 },
      seed: 1,
      allowBare: false,
      allowAllReplicas: false,
      ...change,
    },
  };
}

/** Pods of these names. */
export function named(...names: readonly string[]): PodKillFaultSpec['select'] {
  return { kind: 'names', names };
}

/** A pod in `default`: running and ready. */
export function aPod(name: string, labels: Readonly<Record<string, string>>, metadata: Json = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels, ...metadata },
    spec: { nodeName: 'worker-1' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** A Deployment with its ReplicaSet and so many ready pods, named `<name>-rs-0`, ... */
export function aDeployment(name: string, replicas: number, app = name): readonly KubernetesObject[] {
  const labels = { app, of: name };
  const set = `${name}-rs`;
  return [
    anOwner('Deployment', name, { replicas }),
    anOwner('ReplicaSet', set, { replicas }, ownedBy('Deployment', name)),
    ...Array.from({ length: replicas }, (_, index) => aPod(`${set}-${index}`, labels, ownedBy('ReplicaSet', set))),
  ];
}

/** An object of the group `apps` whose uid is its kind and name. */
export function anOwner(kind: string, name: string, spec: Json, metadata: Json = {}): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'default', uid: `${kind}-${name}`, ...metadata },
    spec,
  };
}

/** The owner reference of an object that `anOwner` made. */
export function ownedBy(kind: string, name: string): Json {
  return { ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `${kind}-${name}`, controller: true }] };
}

/** A driver on a cluster in memory, with its preflight of one fault done. */
export async function killWorld(
  objects: readonly KubernetesObject[],
  fault: Fault<PodKillFaultSpec>,
  options: FakeClusterOptions = {},
  run = 'r1',
) {
  const cluster = createFakeCluster(objects, options);
  const context = driverContext(cluster);
  const driver = createPodKillDriver();
  const ready = await driver.preflight(run, fault, anExperiment({ faults: [fault] }), context);
  return { cluster, context, driver, ready, handle: ready.handle };
}

/** The controller's part: a new ready pod in place of each that went, under its own name or another. */
export function replace(cluster: FakeCluster, set: string, replicas: number, rename = true): void {
  const pods = podNames(cluster).filter((name) => name.startsWith(`${set}-`));
  for (let index = 0; pods.length + index < replicas; index += 1) {
    const name = rename ? `${set}-new-${index}` : `${set}-${index}`;
    const app = set.split('-')[0] ?? '';
    cluster.put(aPod(name, { app }, ownedBy(rename ? 'ReplicaSet' : 'StatefulSet', set)));
  }
}

/** Names of the pods that are there. */
export function podNames({ store }: FakeCluster): readonly string[] {
  return store
    .all()
    .filter(({ kind }) => kind === 'Pod')
    .map(({ metadata }) => metadata.name);
}
