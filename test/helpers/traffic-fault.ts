import type { TrafficFault } from '../../src/sandbox/traffic-faults.ts';

/** A fault on everything that leaves, narrowed by `filters`. */
export function trafficFault(effect: TrafficFault['effect'], filters: Partial<TrafficFault> = {}): TrafficFault {
  return {
    effect,
    localPorts: [],
    remotePorts: [],
    destinationIps: [],
    excludePorts: [],
    excludeIps: [],
    ...filters,
  };
}

export function loss(percent: number, filters: Partial<TrafficFault> = {}): TrafficFault {
  return trafficFault({ kind: 'loss', percent }, filters);
}

export function delay(timeMs: number, filters: Partial<TrafficFault> = {}, offsetMs = 0): TrafficFault {
  return trafficFault({ kind: 'delay', timeMs, offsetMs }, filters);
}
