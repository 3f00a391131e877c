/** The ChaosBlade releases whose texts and habits the operator knows. */
export type ChaosBladeVersion = '0.8' | '1.8';

/** What a sandbox can be told; every field has a default. */
export interface SandboxOptions {
  /** Minor version of the Istio it acts out, e.g. 24 for 1.24; spec istio 11 lists what changes. Default 24. */
  readonly istioMinor: number;
  /** Seed of every random choice (percentages, weights, load balancing). Default: random, printed. */
  readonly seed: number;
  /** From a write to the proxies acting on it, milliseconds. Default 100. */
  readonly propagationMs: number;
  /** What is installed at start. */
  readonly scenario: 'bookinfo' | 'empty';
  /** The ChaosBlade that is installed. Default 1.8 with Bookinfo, none in the empty scenario. */
  readonly chaosblade: ChaosBladeVersion | 'none';
}
