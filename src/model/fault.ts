import type { Millis } from './clock.ts';
import type { JsonObject } from './json.ts';
import type { ProofProbe } from './hypothesis.ts';

/** Istio's StringMatch: at most one of the three; none (`{}`) means "present". */
export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

/** The request conditions of Istio's HTTPMatchRequest that a fault may be narrowed by. Header names are lower case. */
export interface HttpMatch {
  readonly uri?: StringMatch;
  readonly scheme?: StringMatch;
  readonly method?: StringMatch;
  readonly authority?: StringMatch;
  readonly headers?: Readonly<Record<string, StringMatch>>;
  readonly queryParams?: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders?: Readonly<Record<string, StringMatch>>;
  readonly port?: number;
  readonly ignoreUriCase?: boolean;
}

/** An HTTP delay, abort or both, put by Istio's fault filter into the callers' proxies. Source: istio/api HTTPFaultInjection. */
export interface IstioFaultSpec {
  readonly driver: 'istio';
  /** Short service name or FQDN, resolved in the experiment's namespace. */
  readonly service: string;
  /** Put the fault into the gateway-bound routes to the service instead of the mesh-bound ones. */
  readonly gateway: boolean;
  readonly match: HttpMatch;
  /** Labels of the calling pods (`sourceLabels`). */
  readonly from?: Readonly<Record<string, string>>;
  /** Copy routes that already carry a fault, replacing it in the copy; otherwise such a route is refused. */
  readonly replace: boolean;
  readonly delay?: { readonly fixedDelay: Millis; readonly percentage: number };
  readonly abort?: {
    readonly httpStatus?: number;
    /** Canonical upper-case gRPC status name, e.g. `UNAVAILABLE`. */
    readonly grpcStatus?: string;
    readonly percentage: number;
  };
}

/** Which nodes or pods a ChaosBlade experiment hits, as its selection matchers say it. */
export interface BladeSelection {
  /** Of pods; the experiment's namespace where absent. */
  readonly namespace?: string;
  readonly names?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** At most so many of those selected (`evict-count`). */
  readonly count?: number;
  /** At most this share of those selected, 1..100 (`evict-percent`). */
  readonly percent?: number;
}

/** One experiment of a ChaosBlade custom resource. Source: chaosblade-operator, api v1alpha1. */
export interface ChaosBladeFaultSpec {
  readonly driver: 'chaosblade';
  readonly scope: 'node' | 'pod' | 'container';
  /** E.g. `network`, `pod`, `cpu`. */
  readonly target: string;
  /** E.g. `loss`, `delay`, `delete`. */
  readonly action: string;
  readonly select: BladeSelection;
  /** Every other matcher by ChaosBlade's own name, e.g. `local-port`. */
  readonly flags: Readonly<Record<string, string>>;
  /** Stands for `local-port`: the NodePort of this Service port (name or number), looked up at the start of the run. */
  readonly nodePortOf?: { readonly namespace: string; readonly service: string; readonly port: string };
  /** After which the cluster ends the fault by itself; default the fault's duration and a margin. */
  readonly timeout?: Millis;
  /** Accepts a network fault on everything a node sends. */
  readonly allowWholeNode: boolean;
}

/** Pods that are deleted through the Kubernetes API. */
export interface PodKillFaultSpec {
  readonly driver: 'pod-kill';
  /** The experiment's namespace where absent. */
  readonly namespace?: string;
  readonly select:
    | { readonly kind: 'names'; readonly names: readonly string[] }
    | { readonly kind: 'labels'; readonly labels: Readonly<Record<string, string>> };
  /** How many of those selected a round kills; which ones is drawn. */
  readonly take:
    | { readonly kind: 'count'; readonly count: number }
    | { readonly kind: 'percent'; readonly percent: number }
    | { readonly kind: 'all' };
  /** The pod's own where absent. */
  readonly gracePeriod?: Millis;
  /** Time between two rounds; one round only where absent. */
  readonly every?: Millis;
  /** Of the draw; drawn itself, and printed, where absent. */
  readonly seed?: number;
  /** Accepts pods that no controller replaces; they must be selected by name. */
  readonly allowBare: boolean;
  /** Accepts that an owner loses its last ready replica. */
  readonly allowAllReplicas: boolean;
}

/** What a fault does; `driver` names who does it. Further drivers add theirs. */
export type FaultSpec = IstioFaultSpec | ChaosBladeFaultSpec | PodKillFaultSpec;

/** One fault of an experiment. */
export interface Fault<Spec extends FaultSpec = FaultSpec> {
  readonly name: string;
  /** After the start of the fault phase. */
  readonly startAfter: Millis;
  /** Default: to the end of the fault phase. */
  readonly duration?: Millis;
  readonly proof?: ProofProbe;
  readonly spec: Spec;
  readonly line: number;
}

/** A fault that Istio's proxies carry out. */
export type IstioFault = Fault<IstioFaultSpec>;

/** Everything needed to undo one fault from another machine: plain data. */
export interface FaultHandle {
  readonly driver: FaultSpec['driver'];
  readonly run: string;
  readonly fault: string;
  readonly data: JsonObject;
}
