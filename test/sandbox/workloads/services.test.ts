import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndpointSlice, Service } from '../../../src/sandbox/workloads/kinds.ts';
import { statusOrError } from '../../helpers/status-or-error.ts';
import { until } from '../../helpers/until.ts';
import { httpbin, startWorkloadWorld } from '../../helpers/workload-world.ts';
import type { WorkloadWorld } from '../../helpers/workload-world.ts';

let world: WorkloadWorld;

beforeEach(() => {
  world = startWorkloadWorld();
});
afterEach(() => world.close());

describe('a Service', () => {
  it('has its ready pods in EndpointSlice and Endpoints, and loses them with the pods', async () => {
    world.store.create('services', service('ClusterIP'));
    world.store.create('deployments.apps', httpbin(2));
    const slice = await until('two endpoints', () => {
      const [found] = world.store.list('endpointslices.discovery.k8s.io') as EndpointSlice[];
      return found?.endpoints.filter(({ conditions }) => conditions?.ready).length === 2 && found;
    });

    expect(slice.metadata.labels?.['kubernetes.io/service-name']).toBe('httpbin');
    expect(slice.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
    expect(current().spec.clusterIP).toMatch(/^10\.96\./);
    world.respec({ replicas: 0 });
    await until('no endpoints', () => world.store.get('endpoints', 'default', 'httpbin')?.['subsets'] === undefined);
  });

  it('of type NodePort answers on a real port of the machine, and refuses when nothing is behind it', async () => {
    world.store.create('services', service('NodePort'));
    const nodePort = await until('a node port', nodePortNow);
    expect(nodePort).toBeGreaterThanOrEqual(30_000);
    expect(nodePort).toBeLessThanOrEqual(32_767);
    expect(await statusOrError(nodePort, '/get')).toBe('ECONNRESET');
    world.store.create('deployments.apps', httpbin(1));
    await until('an answer', async () => (await statusOrError(nodePort, '/status/201')) === 201);
    world.store.remove('services', 'default', 'httpbin');

    expect(await statusOrError(nodePort, '/get')).toBe('ECONNREFUSED');
  });

  it('gets another node port when the wanted one is taken on the machine', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const wanted = (taken.address() as AddressInfo).port;
    world.store.create('services', service('NodePort', wanted));
    await until('another port', () => nodePortNow() !== wanted);
    taken.close();
  });

  it('keeps a node port that it was given', async () => {
    world.store.create('services', service('NodePort'));
    const first = await until('a node port', nodePortNow);
    world.store.update('services', { ...current(), metadata: { ...current().metadata, labels: { seen: 'twice' } } });
    world.store.create('deployments.apps', httpbin(1));
    await until('an answer', async () => (await statusOrError(first, '/get')) === 200);

    expect(nodePortNow()).toBe(first);
  });
});

function service(type: string, nodePort?: number): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'httpbin', namespace: 'default' },
    spec: { type, selector: { app: 'httpbin' }, ports: [{ name: 'http', port: 8000, targetPort: 8080, nodePort }] },
  };
}

function current(): Service {
  return world.store.get('services', 'default', 'httpbin') as Service;
}

function nodePortNow(): number | undefined {
  return current().spec.ports?.[0]?.nodePort;
}
