import type { Millis } from './clock.ts';
import type { Json } from './json.ts';
import type { Phase } from './phase.ts';
import type { Threshold } from './threshold.ts';

/** One request, before session, ingress address and defaults are applied. */
export interface HttpRequestSpec {
  readonly method: string;
  /** Path on the ingress, or an absolute URL. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** Name of a session whose cookies are sent. */
  readonly session?: string;
  /** From due to end; a request that takes longer is ended with error `timeout`. */
  readonly timeout: Millis;
  readonly followRedirects: boolean;
  /** A new connection for every request instead of keep-alive. */
  readonly freshConnection: boolean;
  /** Accept any server certificate. */
  readonly insecure: boolean;
}

export type HttpBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly json: Json }
  | { readonly kind: 'form'; readonly form: Readonly<Record<string, string>> };

/** A login whose cookies later requests carry. The login request is made once, at the start of the run. */
export interface SessionSpec {
  readonly login?: HttpRequestSpec;
  readonly headers: Readonly<Record<string, string>>;
}

/** How requests leave: at a fixed rate whether or not answers came (open), or a burst of workers (closed). */
export type Pacing =
  | { readonly kind: 'open'; readonly perSecond: number; readonly maxInFlight: number }
  | { readonly kind: 'closed'; readonly concurrency: number; readonly requests: number };

/** `200`, or a class written `2xx` (kept as its first digit). */
export type StatusPattern =
  { readonly kind: 'exact'; readonly status: number } | { readonly kind: 'class'; readonly digit: number };

export interface BodyExpectation {
  readonly contains: readonly string[];
  readonly excludes: readonly string[];
  /** Regular expressions, RE2 syntax; each must match somewhere in the body. */
  readonly matches: readonly string[];
  /** RFC 9535 JSONPath -> value that the first selected node must equal. */
  readonly json: Readonly<Record<string, Json>>;
}

export type HeaderExpectation =
  | { readonly kind: 'equals'; readonly value: string }
  | { readonly kind: 'contains'; readonly value: string }
  | { readonly kind: 'matches'; readonly pattern: string }
  | { readonly kind: 'present'; readonly present: boolean };

export const LATENCY_STATS = ['min', 'p50', 'p90', 'p95', 'p99', 'max'] as const;
export type LatencyStat = (typeof LATENCY_STATS)[number];

export const PERCENTILES = ['p50', 'p90', 'p95', 'p99'] as const satisfies LatencyStat[];
export type Percentile = (typeof PERCENTILES)[number];

/** What must hold. The first five are checked on each request, the rest over the phase. */
export interface Expectation {
  readonly status?: readonly StatusPattern[];
  /** From due to end. */
  readonly within?: Millis;
  readonly body?: BodyExpectation;
  /** Response headers, names in lower case. */
  readonly headers?: Readonly<Record<string, HeaderExpectation>>;
  /** Share of requests for which everything checked on each request holds. Default `>= 100%`. */
  readonly good?: Threshold;
  readonly latency?: Readonly<Partial<Record<LatencyStat, Threshold>>>;
  /** Share by status code. */
  readonly statuses?: Readonly<Record<string, Threshold>>;
  /** Share by error kind (`timeout`, `refused`, ...). A kind named here no longer makes a request bad by itself. */
  readonly errors?: Readonly<Partial<Record<ProbeErrorKind, Threshold>>>;
}

/** One statement of the steady-state hypothesis: how to look, how often, what must be seen. */
export interface HypothesisProbe {
  readonly name: string;
  readonly http: HttpRequestSpec;
  readonly pacing: Pacing;
  readonly expect: Expectation;
  readonly during: readonly Phase[];
  /** Keys that replace those of `expect` while the fault is in (accepted degradation). */
  readonly underFault?: Expectation;
  readonly line: number;
}

/** A probe that is false without the fault and true with it. */
export interface ProofProbe {
  readonly http: HttpRequestSpec;
  readonly expect: Expectation;
}

/** Why a request got no (complete) answer, told apart as a user would. */
export const PROBE_ERROR_KINDS = [
  'dns',
  'refused',
  'unreachable',
  'reset',
  'tls',
  'timeout',
  'protocol',
  'too-large',
  'aborted',
] as const;
export type ProbeErrorKind = (typeof PROBE_ERROR_KINDS)[number];
