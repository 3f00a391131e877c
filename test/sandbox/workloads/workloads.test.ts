import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStore } from '../../../src/sandbox/api-server/store.ts';
import { createNetwork } from '../../../src/sandbox/loopback-network.ts';
import type { Network } from '../../../src/sandbox/network.ts';
import type { Store, StoredObject } from '../../../src/sandbox/store.ts';
import type { Deployment, EndpointSlice, Pod, ReplicaSet, Service } from '../../../src/sandbox/workloads/kinds.ts';
import { isReady } from '../../../src/sandbox/workloads/kinds.ts';
import { startWorkloads } from '../../../src/sandbox/workloads/start-workloads.ts';
import { plainMesh } from '../../helpers/plain-mesh.ts';
import { until } from '../../helpers/until.ts';

let store: Store;
let network: Network;
let workloads: { close(): Promise<void> };

beforeEach(() => {
  store = createStore();
  network = createNetwork();
  workloads = startWorkloads({ store, network, mesh: plainMesh(), random: Math.random, startUpMs: 20 });
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
});

afterEach(() => workloads.close());

describe('a Deployment', () => {
  it('becomes a ReplicaSet with its template hash and pods that really answer', async () => {
    store.create('deployments.apps', deployment('httpbin', 2));
    const pods = await readyPods('httpbin', 2);
    const [set] = store.list('replicasets.apps', 'default') as ReplicaSet[];
    const hash = set?.metadata.labels?.['pod-template-hash'];

    expect(set?.metadata.name).toBe(`httpbin-${hash}`);
    expect(set?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
    expect(set?.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Deployment', name: 'httpbin', controller: true });
    for (const pod of pods) {
      expect(pod.metadata.name).toMatch(new RegExp(`^httpbin-${hash}-[a-z0-9]{5}$`));
      expect(pod.status?.podIP).toMatch(/^10\.244\.\d+\.\d+$/);
      expect(await statusOf(pod, '/status/418')).toBe(418);
    }
  });

  it('says that it is available, and for which generation', async () => {
    store.create('deployments.apps', deployment('httpbin', 2));
    await until('available', () => deploymentNow().status?.availableReplicas === 2);
    const { status, metadata } = deploymentNow();

    expect(status?.observedGeneration).toBe(metadata.generation);
    expect(status).toMatchObject({ replicas: 2, readyReplicas: 2, updatedReplicas: 2 });
    expect(status?.conditions).toMatchObject([
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    ]);
  });

  it('grows and shrinks with its replicas', async () => {
    store.create('deployments.apps', deployment('httpbin', 1));
    await readyPods('httpbin', 1);
    scale(3);
    const grown = await readyPods('httpbin', 3);
    scale(0);
    await readyPods('httpbin', 0);

    for (const pod of grown) expect(network.lookup(pod.status?.podIP ?? '', 8080)).toBeUndefined();
    await until('status', () => deploymentNow().status?.readyReplicas === undefined);
  });

  it('rolls to a new template without ever having fewer ready pods than it promises', async () => {
    store.create('deployments.apps', deployment('httpbin', 3));
    await readyPods('httpbin', 3);
    let fewest = 3;
    const stop = store.watch('pods', () => {
      fewest = Math.min(fewest, podsOf('httpbin').filter(isReady).length);
    });
    const before = deploymentNow();
    const template = { ...before.spec.template, metadata: { labels: { app: 'httpbin', version: 'v2' } } };
    store.update('deployments.apps', { ...before, spec: { ...before.spec, template } });
    await until(
      'all new',
      () =>
        podsOf('httpbin')
          .filter(isReady)
          .every((pod) => pod.metadata.labels?.['version'] === 'v2') && podsOf('httpbin').length === 3,
    );
    stop();

    expect(fewest).toBe(3);
    expect(deploymentNow().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    const sizes = (store.list('replicasets.apps') as ReplicaSet[]).map(({ spec }) => `${spec.replicas}`);
    expect(sizes.toSorted()).toEqual(['0', '3']);
  });

  it('goes back to an earlier ReplicaSet when its template comes back', async () => {
    store.create('deployments.apps', deployment('httpbin', 1));
    const [first] = await readyPods('httpbin', 1);
    const original = deploymentNow().spec.template;
    retemplate({ ...original, metadata: { labels: { app: 'httpbin', version: 'v2' } } });
    await until(
      'revision 2',
      () =>
        podsOf('httpbin').some((pod) => isReady(pod) && pod.metadata.labels?.['version'] === 'v2') &&
        podsOf('httpbin').length === 1,
    );
    retemplate(original);
    const hash = first?.metadata.labels?.['pod-template-hash'];
    await until(
      'back',
      () => podsOf('httpbin').length === 1 && podsOf('httpbin')[0]?.metadata.labels?.['pod-template-hash'] === hash,
    );

    expect(store.list('replicasets.apps')).toHaveLength(2);
    expect(deploymentNow().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('takes its pods with it when it is deleted', async () => {
    store.create('deployments.apps', deployment('httpbin', 2));
    await readyPods('httpbin', 2);
    store.remove('deployments.apps', 'default', 'httpbin');
    await until('gone', () => store.list('pods').length === 0 && store.list('replicasets.apps').length === 0);
  });

  it('waits with a reason when the sandbox has no such application', async () => {
    store.create('deployments.apps', deployment('httpbin', 1, 'docker.io/library/mysql:8'));
    const pod = await until('waiting', () =>
      podsOf('httpbin').find(({ status }) => JSON.stringify(status).includes('ImagePullBackOff')),
    );

    expect(pod.status?.phase).toBe('Pending');
    expect(isReady(pod)).toBe(false);
  });
});

describe('a killed pod', () => {
  it('resets the requests it was serving and is replaced by another one', async () => {
    store.create('deployments.apps', deployment('httpbin', 1));
    const [victim] = await readyPods('httpbin', 1);
    if (!victim) throw new Error('no pod');
    const port = network.lookup(victim.status?.podIP ?? '', 8080);
    const socket = connect({ port: port ?? 0, host: '127.0.0.1' });
    const ended = new Promise<string>((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      socket.on('close', () => resolve('closed'));
    });
    socket.write('GET /delay/10 HTTP/1.1\r\nhost: httpbin\r\n\r\n');
    await new Promise((resolve) => setImmediate(resolve));
    store.remove('pods', 'default', victim.metadata.name);

    expect(await ended).toBe('ECONNRESET');
    const [replacement] = await readyPods('httpbin', 1);
    expect(replacement?.metadata.uid).not.toBe(victim.metadata.uid);
    expect(network.lookup(victim.status?.podIP ?? '', 8080)).toBeUndefined();
    expect(replacement && (await statusOf(replacement, '/get'))).toBe(200);
  });
});

describe('a Service', () => {
  it('has its ready pods in EndpointSlice and Endpoints, and loses them with the pods', async () => {
    store.create('services', service('httpbin', 'ClusterIP'));
    store.create('deployments.apps', deployment('httpbin', 2));
    const slice = await until('two endpoints', () => {
      const [found] = store.list('endpointslices.discovery.k8s.io') as EndpointSlice[];
      return found?.endpoints.filter(({ conditions }) => conditions?.ready).length === 2 && found;
    });

    expect(slice.metadata.labels?.['kubernetes.io/service-name']).toBe('httpbin');
    expect(slice.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
    expect((store.get('services', 'default', 'httpbin') as Service).spec.clusterIP).toMatch(/^10\.96\./);
    scale(0);
    await until('no endpoints', () => {
      const endpoints = store.get('endpoints', 'default', 'httpbin') as StoredObject;
      return endpoints['subsets'] === undefined;
    });
  });

  it('gets another node port when the wanted one is taken on the machine', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const wanted = (taken.address() as AddressInfo).port;
    const object = service('httpbin', 'NodePort') as Service;
    const ports = object.spec.ports?.map((port) => ({ ...port, nodePort: wanted }));
    store.create('services', { ...object, spec: { ...object.spec, ports } });
    await until('another port', () => {
      const { nodePort = wanted } = (store.get('services', 'default', 'httpbin') as Service).spec.ports?.[0] ?? {};
      return nodePort !== wanted;
    });
    taken.close();
  });

  it('of type NodePort answers on a real port of the machine, and refuses when nothing is behind it', async () => {
    store.create('services', service('httpbin', 'NodePort'));
    const nodePort = await until('a node port', () => {
      const found = store.get('services', 'default', 'httpbin') as Service;
      return found.spec.ports?.[0]?.nodePort;
    });
    expect(nodePort).toBeGreaterThanOrEqual(30_000);
    expect(await get(nodePort, '/get')).toBe('ECONNRESET');
    store.create('deployments.apps', deployment('httpbin', 1));
    await readyPods('httpbin', 1);
    await until('an answer', async () => (await get(nodePort, '/status/201')) === 201);
    store.remove('services', 'default', 'httpbin');

    expect(await get(nodePort, '/get')).toBe('ECONNREFUSED');
  });
});

describe('the sidecar injector', () => {
  it('gives pods of a labelled namespace an istio-proxy, unless they decline', async () => {
    store.create('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'meshed', labels: { 'istio-injection': 'enabled' } },
    });
    store.create('pods', bare('wanted', {}));
    store.create('pods', bare('declined', { 'sidecar.istio.io/inject': 'false' }));
    const wanted = await until('ready', () => find('wanted'));
    const declined = await until('ready', () => find('declined'));

    expect(wanted.spec.containers.map(({ name }) => name)).toEqual(['app', 'istio-proxy']);
    expect(wanted.metadata.annotations?.['sidecar.istio.io/status']).toContain('istio-proxy');
    expect(wanted.metadata.labels?.['security.istio.io/tlsMode']).toBe('istio');
    expect(declined.spec.containers.map(({ name }) => name)).toEqual(['app']);
  });
});

function find(name: string): Pod | undefined {
  const pod = store.get('pods', 'meshed', name) as Pod | undefined;
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

function deployment(name: string, replicas: number, image = 'docker.io/mccutchen/go-httpbin:v2.15.0'): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, image, ports: [{ containerPort: 8080 }] }] },
      },
    },
  };
}

function service(name: string, type: string): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type, selector: { app: name }, ports: [{ name: 'http', port: 8000, targetPort: 8080 }] },
  };
}

function deploymentNow(): Deployment {
  return store.get('deployments.apps', 'default', 'httpbin') as Deployment;
}

function scale(replicas: number): void {
  const now = deploymentNow();
  store.update('deployments.apps', { ...now, spec: { ...now.spec, replicas } });
}

function retemplate(template: Deployment['spec']['template']): void {
  const now = deploymentNow();
  store.update('deployments.apps', { ...now, spec: { ...now.spec, template } });
}

function podsOf(app: string): Pod[] {
  return (store.list('pods') as Pod[]).filter(({ metadata }) => metadata.labels?.['app'] === app);
}

function readyPods(app: string, count: number): Promise<Pod[]> {
  return until(`${count} ready pods`, () => {
    const pods = podsOf(app);
    return pods.length === count && pods.every(isReady) && pods;
  });
}

function statusOf(pod: Pod, path: string): Promise<number | string> {
  return get(network.lookup(pod.status?.podIP ?? '', 8080) ?? 0, path);
}

function get(port: number, path: string): Promise<number | string> {
  return new Promise((resolve) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent: false }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.end();
  });
}
