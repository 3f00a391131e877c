import { NODES } from './node-list.ts';
import type { Pod } from './kinds.ts';

/** Made-up pod addresses, 10.244.node.n; one is not given again soon after its pod is gone. */
export interface PodAddresses {
  take(pod: Pod): string;
  release(ip: string): void;
}

export function createPodAddresses(): PodAddresses {
  const used = new Set<string>();
  const last = new Map<number, number>();
  return {
    take(pod) {
      const subnet = NODES.find(({ name }) => name === pod.spec.nodeName)?.subnet ?? 0;
      for (let step = 0; step < 253; step += 1) {
        const next = ((last.get(subnet) ?? 1) % 253) + 2;
        last.set(subnet, next - 1);
        const ip = `10.244.${subnet}.${next}`;
        if (used.has(ip)) continue;
        used.add(ip);
        return ip;
      }
      throw new Error(`no pod address is free in 10.244.${subnet}.0/24`);
    },
    release: (ip) => used.delete(ip),
  };
}
