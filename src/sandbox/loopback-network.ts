import type { Network } from './network.ts';

/** An empty pod network: nothing listens anywhere until it is bound. */
export function createNetwork(): Network {
  const addresses = new Map<string, Map<number, number>>();
  return {
    bind: (ip, port, loopbackPort) => {
      const ports = addresses.get(ip) ?? new Map<number, number>();
      addresses.set(ip, ports.set(port, loopbackPort));
    },
    unbind: (ip) => void addresses.delete(ip),
    lookup: (ip, port) => addresses.get(ip)?.get(port),
  };
}
