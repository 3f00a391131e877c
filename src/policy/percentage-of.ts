import type { FaultSpec } from '../model/fault.ts';

/**
 * The share that a fault is set to, 0..100: of requests, packets, load. What does not say one concerns everything;
 * undefined where only a share of pods has a meaning.
 */
export function percentageOf(spec: FaultSpec): number | undefined {
  switch (spec.driver) {
    case 'istio':
      return Math.max(spec.delay?.percentage ?? 0, spec.abort?.percentage ?? 0);
    case 'pod-kill':
      return undefined;
    case 'chaosblade': {
      if (spec.target === 'pod' && spec.action !== 'IO') return undefined;
      const said = ['percent', 'cpu-percent', 'mem-percent'].flatMap((flag) => spec.flags[flag] ?? []).map(Number);
      return said.length === 0 || said.some(Number.isNaN) ? 100 : Math.max(...said);
    }
  }
}
