import type { Network } from '../network.ts';
import type { SandboxOptions } from '../options.ts';
import type { Store } from '../store.ts';
import { compileGatewayTable } from './config/gateway-table.ts';
import type { MeshConfig } from './config/objects.ts';
import type { ProxyIdentity, RouteTable } from './config/route-table.ts';
import { compileSidecarTable } from './config/sidecar-table.ts';
import type { Mesh, MeshPod, Proxy } from './mesh.ts';
import { createProxyContext, type OwnedContext } from './proxy/create-proxy-context.ts';
import { startGateway, startSidecar } from './proxy/start-proxy.ts';
import { createRandom } from './random.ts';
import { readConfig } from './read-config.ts';
import { watchConfig } from './watch-config.ts';

export interface MeshOptions {
  readonly store: Store;
  readonly network: Network;
  readonly options: SandboxOptions;
  /** Gets a line for each request of each proxy; off by default, as in Istio. */
  readonly accessLog?: (line: string) => void;
}

/** The share of the propagation time that passes before the change is read; in the rest each proxy switches by itself. */
const QUIET_SHARE = 0.8;

/** The data plane: every proxy follows the store's objects, `propagationMs` behind them. */
export function createMesh({ store, network, options, accessLog }: MeshOptions): Mesh {
  const { seed, istioMinor, propagationMs } = options;
  const members = new Set<Member>();
  const pods = new Map<string, MeshPod>();
  const spread = createRandom(seed, 'propagation');
  const ordinals = new Map<string, number>();

  const stop = watchConfig(store, propagationMs * QUIET_SHARE, () => {
    const config = readConfig(store);
    for (const member of members) {
      member.schedule(config, spread.next() * propagationMs * (1 - QUIET_SHARE));
    }
  });

  const join = async (pod: MeshPod, compile: Compile, start: (owned: OwnedContext) => Promise<Proxy>) => {
    const identity = { namespace: pod.namespace, labels: pod.labels, istioMinor };
    const owned = createProxyContext({
      pod,
      table: compile(readConfig(store), identity),
      random: createRandom(seed, streamName(pod, ordinals)),
      istioMinor,
      network,
      podAt: (ip) => pods.get(ip),
      log: accessLog,
    });
    const proxy = await start(owned);
    const member = createMember(owned, (config) => compile(config, identity), proxy);
    members.add(member);
    pods.set(pod.ip, pod);
    return {
      ...proxy,
      close: async (how: 'reset' | 'drain') => {
        await member.close(how);
        members.delete(member);
        if (pods.get(pod.ip) === pod) pods.delete(pod.ip);
      },
    };
  };

  return {
    sidecar: (pod, ports) => join(pod, compileSidecarTable, (owned) => startSidecar(owned, ports)),
    gateway: (pod, ports) =>
      join(
        pod,
        (config, identity) => compileGatewayTable(config, identity, pod.name),
        (owned) => startGateway(owned, ports),
      ),
    close: async () => {
      stop();
      await Promise.all([...members].map((member) => member.close('reset')));
      members.clear();
    },
  };
}

type Compile = (config: MeshConfig, identity: ProxyIdentity) => RouteTable;

interface Member {
  schedule(config: MeshConfig, delayMs: number): void;
  close(how: 'reset' | 'drain'): Promise<void>;
}

/** A proxy that switches to the newest configuration it was sent. */
function createMember(owned: OwnedContext, compile: (config: MeshConfig) => RouteTable, proxy: Proxy): Member {
  let timer: NodeJS.Timeout | undefined;
  return {
    schedule: (config, delayMs) => {
      clearTimeout(timer);
      timer = setTimeout(() => owned.switchTo(compile(config)), delayMs);
    },
    close: (how) => {
      clearTimeout(timer);
      return proxy.close(how);
    },
  };
}

/** Pod names are random, so a proxy's random stream is named by its workload and how many of it came before. */
function streamName(pod: MeshPod, ordinals: Map<string, number>): string {
  const workload = `${pod.namespace}/${pod.workload}`;
  const ordinal = ordinals.get(workload) ?? 0;
  ordinals.set(workload, ordinal + 1);
  return `${workload}#${ordinal}`;
}
