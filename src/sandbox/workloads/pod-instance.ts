import { setMaxListeners } from 'node:events';
import type { AppContext } from '../apps/app.ts';
import { serviceCaller } from '../apps/call-service.ts';
import { findApp } from '../apps/registry.ts';
import { serveApp } from '../apps/serve-app.ts';
import type { AppServer } from '../apps/serve-app.ts';
import type { Mesh, MeshPod } from '../mesh/mesh.ts';
import type { Network } from '../network.ts';
import type { Container, Pod } from './kinds.ts';
import { listenerPorts, withAgent } from './proxy-pod.ts';
import type { ServiceRoutes } from './service-routes.ts';
import { isGateway, isMeshed } from './sidecar-injector.ts';

/** What runs behind a pod: real servers on loopback. */
export interface PodInstance {
  /** Container port -> loopback port, the sidecar's where there is one. */
  readonly ports: ReadonlyMap<number, number>;
  close(how: 'reset' | 'drain'): Promise<void>;
}

export interface PodEnvironment {
  readonly mesh: Mesh;
  readonly network: Pick<Network, 'connect'>;
  readonly random: () => number;
  /** Where a service's name leads for a pod without sidecar: the work of cluster DNS and kube-proxy. */
  readonly route: ServiceRoutes['byHost'];
}

/** Starts a pod's containers, application first, then the sidecar in front of it. Every image must have an app. */
export async function startPodInstance(pod: Pod, ip: string, environment: PodEnvironment): Promise<PodInstance> {
  if (isGateway(pod)) return startGateway(pod, ip, environment);
  const killed = new AbortController();
  // Every call under way listens to it.
  setMaxListeners(0, killed.signal);
  let outboundPort: number | undefined;
  const namespace = pod.metadata.namespace ?? '';
  const call = serviceCaller((host, port) => {
    if (outboundPort !== undefined) return { port: outboundPort, host: '127.0.0.1' };
    const backend = environment.route(namespace, host, port);
    if (backend === undefined) return undefined;
    const caller = { kind: 'pod', ip, service: backend.service } as const;
    return { createConnection: () => environment.network.connect(caller, backend.pod) };
  }, killed.signal);
  const servers = await Promise.all(
    applications(pod).map((container) =>
      startContainer(container, {
        podName: pod.metadata.name,
        random: environment.random,
        signal: killed.signal,
        call,
      }),
    ),
  );
  const applicationPorts = new Map(servers.flatMap(({ ports }) => [...ports]));
  const proxy = isMeshed(pod) ? await environment.mesh.sidecar(meshPod(pod, ip), applicationPorts) : undefined;
  outboundPort = proxy?.outboundPort;
  const front = proxy && (await withAgent(proxy));
  return {
    ports: front?.ports ?? applicationPorts,
    async close(how) {
      // The proxy drains first: what is under way in it still needs the application.
      await front?.close(how);
      await Promise.all(servers.map((server) => server.close(how)));
      killed.abort();
    },
  };
}

/** The containers that are applications, not the mesh's proxy. */
export function applications(pod: Pod): Container[] {
  return pod.spec.containers.filter(({ name }) => name !== 'istio-proxy');
}

async function startGateway(pod: Pod, ip: string, { mesh }: PodEnvironment): Promise<PodInstance> {
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
  return withAgent(await mesh.gateway(meshPod(pod, ip), listenerPorts(declared)));
}

function startContainer(
  { image, env = [], ports = [] }: Container,
  given: Pick<AppContext, 'podName' | 'random' | 'signal' | 'call'>,
): Promise<AppServer> {
  const app = findApp(image);
  if (!app) throw new Error(`no application for image ${image}`);
  const fromTemplate = Object.fromEntries(env.map(({ name, value = '' }) => [name, value]));
  const handler = app.start({ ...given, image, env: { ...app.env, ...fromTemplate } });
  const declared = ports.map(({ containerPort }) => containerPort);
  return serveApp(handler, declared.length > 0 ? declared : [app.port]);
}

function meshPod(pod: Pod, ip: string): MeshPod {
  const { name, namespace = '', labels = {} } = pod.metadata;
  return { name, namespace, ip, labels, workload: workloadOf(pod) };
}

/** The name people know a pod's workload by: its Deployment where it has one. */
function workloadOf(pod: Pod): string {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  const hash = pod.metadata.labels?.['pod-template-hash'];
  if (!owner) return pod.metadata.name;
  return owner.kind === 'ReplicaSet' && hash !== undefined ? owner.name.replace(`-${hash}`, '') : owner.name;
}
