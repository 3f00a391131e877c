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

/** One fault of an experiment. Further drivers add their spec to the union. */
export interface Fault {
  readonly name: string;
  /** After the start of the fault phase. */
  readonly startAfter: Millis;
  /** Default: to the end of the fault phase. */
  readonly duration?: Millis;
  readonly proof?: ProofProbe;
  readonly spec: IstioFaultSpec;
  readonly line: number;
}

/** Everything needed to undo one fault from another machine: plain data. */
export interface FaultHandle {
  readonly driver: Fault['spec']['driver'];
  readonly run: string;
  readonly fault: string;
  readonly data: JsonObject;
}
