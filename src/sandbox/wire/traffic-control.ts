import type { NetworkNamespace, TrafficFault, TrafficFaults } from '../traffic-faults.ts';
import { hits } from './packet-filter.ts';
import type { Egress } from './path.ts';

/** The faults in force, and which of them a packet meets. */
export interface TrafficControl {
  readonly faults: TrafficFaults;
  /** Grows with each change, so that what was found out before can be kept until then. */
  version(): number;
  /** The faults that act on packets taking this way. */
  on(way: readonly Egress[]): TrafficFault[];
  /** A namespace is gone, and its interfaces with it. */
  forget(namespace: NetworkNamespace): void;
}

/** The interface that packets leave a namespace through; what goes to itself takes `lo`, where nothing is acted out. */
const UPLINK = 'eth0';
const INTERFACES: readonly string[] = ['lo', UPLINK];

export function createTrafficControl(exists: (namespace: NetworkNamespace) => boolean): TrafficControl {
  const inForce = new Map<string, Map<string, TrafficFault>>();
  let version = 0;

  const faults: TrafficFaults = {
    interfaces: (namespace) => (exists(namespace) ? INTERFACES : []),
    armed: (namespace, device) => inForce.get(keyOf(namespace))?.get(device),
    arm(namespace, device, fault) {
      const devices = inForce.get(keyOf(namespace)) ?? new Map<string, TrafficFault>();
      inForce.set(keyOf(namespace), devices.set(device, fault));
      version += 1;
    },
    disarm(namespace, device) {
      const was = inForce.get(keyOf(namespace))?.delete(device) ?? false;
      version += 1;
      return was;
    },
  };

  return {
    faults,
    version: () => version,
    on(way) {
      if (inForce.size === 0) return [];
      return way.flatMap(({ namespace, packet }) => {
        const fault = faults.armed(namespace, UPLINK);
        return fault && hits(fault, packet) ? [fault] : [];
      });
    },
    forget(namespace) {
      if (inForce.delete(keyOf(namespace))) version += 1;
    },
  };
}

function keyOf(namespace: NetworkNamespace): string {
  return namespace.kind === 'pod' ? `pod ${namespace.ip}` : `node ${namespace.name}`;
}
