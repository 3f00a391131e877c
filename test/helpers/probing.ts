import type { Ingress } from '../../src/cluster/ingress.ts';
import type { Expectation, HttpRequestSpec, SessionSpec } from '../../src/model/hypothesis.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createProber } from '../../src/probes/worker/prober.ts';
import { ingressAt, newRequest } from './probes.ts';

/** Probes a loopback port on this thread: the worker's own code without the worker. */
export function probing(
  port: number,
  ingress: Partial<Ingress> = {},
  limits: { readonly secrets?: readonly string[]; readonly offLimits?: readonly string[] } = {},
) {
  const told: string[] = [];
  const prober = createProber({
    ingress: ingressAt(port, ingress),
    now: () => performance.now(),
    emit: () => undefined,
    secrets: limits.secrets ?? [],
    offLimits: limits.offLimits ?? [],
    onSecrets: (values) => told.push(...values),
  });
  return {
    async once(request: Partial<HttpRequestSpec> = {}, expect: Expectation = {}): Promise<Sample> {
      const sample = await prober.perform({ do: 'once', request: newRequest(request), expect }, () => undefined);
      if (!sample) throw new Error('no sample');
      return sample;
    },
    async login(sessions: Readonly<Record<string, SessionSpec>>): Promise<void> {
      await prober.perform({ do: 'login', sessions }, () => undefined);
    },
    /** The secrets that servers set. */
    told,
    close: prober.close,
  };
}
