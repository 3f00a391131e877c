import type { Network } from '../network.ts';
import type { NetworkNamespace } from '../traffic-faults.ts';
import { NODES } from '../workloads/node-list.ts';
import { createLink } from './link.ts';
import { pathOf } from './path.ts';
import { createTrafficControl } from './traffic-control.ts';
import { realClock, type WireClock } from './wire-clock.ts';
import { WireSocket } from './wire-socket.ts';

export interface NetworkOptions {
  /** Uniform in [0, 1): which packets are lost, and how late. */
  readonly random?: () => number;
  readonly clock?: WireClock;
}

/** A pod network in which nothing listens until it is bound, and nothing is lost until a fault is armed. */
export function createNetwork({ random = Math.random, clock = realClock }: NetworkOptions = {}): Network {
  const addresses = new Map<string, Map<number, number>>();
  const control = createTrafficControl((namespace) => exists(namespace, addresses));
  const lookup = (ip: string, port: number): number | undefined => addresses.get(ip)?.get(port);
  return {
    lookup,
    faults: control.faults,
    bind: (ip, port, loopbackPort) => {
      const ports = addresses.get(ip) ?? new Map<number, number>();
      addresses.set(ip, ports.set(port, loopbackPort));
    },
    unbind: (ip) => {
      addresses.delete(ip);
      control.forget({ kind: 'pod', ip });
    },
    connect: (caller, pod, { allowHalfOpen, timeout } = {}) => {
      const ephemeralPort = FIRST_EPHEMERAL + Math.floor(random() * EPHEMERALS);
      const path = pathOf({ caller, pod, ephemeralPort, nodeOf, addressOf });
      const socket = new WireSocket({ link: createLink(path, control, random), clock, allowHalfOpen });
      socket.setNoDelay(true);
      if (timeout !== undefined) socket.setTimeout(timeout);
      const port = lookup(pod.ip, pod.port);
      return port === undefined ? socket.destroy(refused(`${pod.ip}:${pod.port}`)) : socket.open(port);
    },
  };
}

/** Linux' default net.ipv4.ip_local_port_range. */
const FIRST_EPHEMERAL = 32_768;
const EPHEMERALS = 28_232;

function exists(namespace: NetworkNamespace, pods: ReadonlyMap<string, unknown>): boolean {
  return namespace.kind === 'pod' ? pods.has(namespace.ip) : NODES.some(({ name }) => name === namespace.name);
}

function nodeOf(podIp: string): string | undefined {
  return NODES.find(({ subnet }) => podIp.startsWith(`10.244.${subnet}.`))?.name;
}

function addressOf(node: string): string {
  return NODES.find(({ name }) => name === node)?.address ?? '';
}

function refused(where: string): NodeJS.ErrnoException {
  const [code, syscall] = ['ECONNREFUSED', 'connect'];
  return Object.assign(new Error(`${syscall} ${code} ${where}`), { code, syscall });
}
