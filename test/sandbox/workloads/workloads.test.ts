import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import { isReady } from '../../../src/sandbox/workloads/kinds.ts';
import type { Pod, ReplicaSet } from '../../../src/sandbox/workloads/kinds.ts';
import { statusOrError } from '../../helpers/status-or-error.ts';
import { until } from '../../helpers/until.ts';
import { httpbin, startWorkloadWorld } from '../../helpers/workload-world.ts';
import type { WorkloadWorld } from '../../helpers/workload-world.ts';

const REVISION = 'deployment.kubernetes.io/revision';
let world: WorkloadWorld;

beforeEach(() => {
  world = startWorkloadWorld();
});
afterEach(() => world.close());

describe('a Deployment', () => {
  it('becomes a ReplicaSet with its template hash and pods that really answer', async () => {
    world.store.create('deployments.apps', httpbin(2));
    const pods = await world.readyPods(2);
    const [set] = replicaSets();
    const hash = hashOf(set);

    expect(set?.metadata.name).toBe(`httpbin-${hash}`);
    expect(set?.metadata.annotations?.[REVISION]).toBe('1');
    expect(set?.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Deployment', name: 'httpbin', controller: true });
    for (const pod of pods) {
      expect(pod.metadata.name).toMatch(new RegExp(`^httpbin-${hash}-[a-z0-9]{5}$`));
      expect(pod.status?.podIP).toMatch(/^10\.244\.\d+\.\d+$/);
      expect(await statusOrError(world.portOf(pod), '/status/418')).toBe(418);
    }
  });

  it('says that it is available, and for which generation', async () => {
    world.store.create('deployments.apps', httpbin(2));
    await until('available', () => world.deployment().status?.availableReplicas === 2);
    const { status, metadata } = world.deployment();

    expect(status?.observedGeneration).toBe(metadata.generation);
    expect(status).toMatchObject({ replicas: 2, readyReplicas: 2, updatedReplicas: 2 });
    expect(status?.conditions).toMatchObject([
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    ]);
  });

  it('grows and shrinks with its replicas', async () => {
    world.store.create('deployments.apps', httpbin(1));
    await world.readyPods(1);
    world.respec({ replicas: 3 });
    const grown = await world.readyPods(3);
    world.respec({ replicas: 0 });
    await world.readyPods(0);

    for (const pod of grown) expect(world.portOf(pod)).toBe(0);
    await until('no ready replicas', () => world.deployment().status?.readyReplicas === undefined);
  });

  it('rolls to a new template without ever having fewer ready pods than it promises', async () => {
    world.store.create('deployments.apps', httpbin(3));
    await world.readyPods(3);
    let fewest = 3;
    const stop = world.store.watch('pods', () => {
      fewest = Math.min(fewest, world.pods().filter(isReady).length);
    });
    world.respec({ template: withVersion('v2') });
    await until('all are new', () => world.pods().length === 3 && world.pods().every(isReadyAt('v2')));
    stop();

    expect(fewest).toBe(3);
    expect(world.deployment().metadata.annotations?.[REVISION]).toBe('2');
    const sizes = replicaSets().map(({ spec }) => `${spec.replicas}`);
    expect(sizes.toSorted()).toEqual(['0', '3']);
  });

  it('goes back to an earlier ReplicaSet when its template comes back', async () => {
    world.store.create('deployments.apps', httpbin(1));
    const [first] = await world.readyPods(1);
    const original = world.deployment().spec.template;
    world.respec({ template: withVersion('v2') });
    await until('revision 2', () => world.pods().length === 1 && world.pods().every(isReadyAt('v2')));
    world.respec({ template: original });
    await until('back', () => world.pods().length === 1 && world.pods().every((pod) => hashOf(pod) === hashOf(first)));

    expect(replicaSets()).toHaveLength(2);
    expect(world.deployment().metadata.annotations?.[REVISION]).toBe('3');
  });

  it('takes its pods with it when it is deleted', async () => {
    world.store.create('deployments.apps', httpbin(2));
    await world.readyPods(2);
    world.store.remove('deployments.apps', 'default', 'httpbin');
    await until('all is gone', () => world.pods().length === 0 && replicaSets().length === 0);
  });

  it('waits with a reason when the sandbox has no such application', async () => {
    world.store.create('deployments.apps', httpbin(1, 'docker.io/library/mysql:8'));
    const pod = await until('a reason', () =>
      world.pods().find(({ status }) => JSON.stringify(status).includes('ImagePullBackOff')),
    );

    expect(pod.status?.phase).toBe('Pending');
    expect(isReady(pod)).toBe(false);
  });
});

describe('a killed pod', () => {
  it('resets the requests it was serving and is replaced by another one', async () => {
    world.store.create('deployments.apps', httpbin(1));
    const [victim] = await world.readyPods(1);
    const socket = connect({ port: world.portOf(victim), host: '127.0.0.1' });
    const ended = new Promise<string>((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      socket.on('close', () => resolve('closed'));
    });
    socket.write('GET /delay/10 HTTP/1.1\r\nhost: httpbin\r\n\r\n');
    await until('the connection', () => !socket.connecting);
    await statusOrError(world.portOf(victim), '/get');
    world.store.remove('pods', 'default', victim?.metadata.name ?? '');

    expect(await ended).toBe('ECONNRESET');
    const [replacement] = await world.readyPods(1);
    expect(replacement?.metadata.uid).not.toBe(victim?.metadata.uid);
    expect(world.portOf(victim)).toBe(0);
    expect(await statusOrError(world.portOf(replacement), '/get')).toBe(200);
  });
});

describe('the sidecar injector', () => {
  it('gives pods of a labelled namespace an istio-proxy, unless they decline', async () => {
    const labels = { 'istio-injection': 'enabled' };
    world.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'meshed', labels } });
    world.store.create('pods', bare('wanted', {}));
    world.store.create('pods', bare('declined', { 'sidecar.istio.io/inject': 'false' }));
    const wanted = await until('a ready pod', () => readyPod('wanted'));
    const declined = await until('a ready pod', () => readyPod('declined'));

    expect(wanted.spec.containers.map(({ name }) => name)).toEqual(['app', 'istio-proxy']);
    expect(wanted.metadata.annotations?.['sidecar.istio.io/status']).toContain('istio-proxy');
    expect(wanted.metadata.labels?.['security.istio.io/tlsMode']).toBe('istio');
    expect(declined.spec.containers.map(({ name }) => name)).toEqual(['app']);
  });
});

function replicaSets(): ReplicaSet[] {
  return world.store.list('replicasets.apps') as ReplicaSet[];
}

function hashOf(object: StoredObject | undefined): string | undefined {
  return object?.metadata.labels?.['pod-template-hash'];
}

function withVersion(version: string): ReplicaSet['spec']['template'] {
  return { ...world.deployment().spec.template, metadata: { labels: { app: 'httpbin', version } } };
}

function isReadyAt(version: string): (pod: Pod) => boolean {
  return (pod) => isReady(pod) && pod.metadata.labels?.['version'] === version;
}

function readyPod(name: string): Pod | undefined {
  const pod = world.store.get('pods', 'meshed', name) as Pod | undefined;
  return pod && isReady(pod) ? pod : undefined;
}

function bare(name: string, annotations: Record<string, string>): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'meshed', annotations },
    spec: { containers: [{ name: 'app', image: 'docker.io/kennethreitz/httpbin' }] },
  };
}
