import type { HeaderList } from '../proxy/headers.ts';
import type { TrafficPolicy } from './traffic-policy.ts';

/** What route matching looks at. `path` has no query string; `authority` is the Host header as sent. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly scheme: string;
  readonly authority: string;
  readonly headers: HeaderList;
}

export type Matcher = (request: RequestHead) => boolean;

/** One route of a proxy: one match block of one HTTP route of a VirtualService. */
export interface Route {
  readonly name: string;
  /** Every request matches it. */
  readonly catchAll: boolean;
  readonly matches: Matcher;
  readonly action: Forward | Redirect | DirectResponse;
  readonly headers: HeaderChanges;
}

export interface Forward {
  readonly kind: 'forward';
  readonly destinations: readonly Destination[];
  readonly fault?: Fault;
  /** Milliseconds from the complete request to the complete answer; absent = for ever. */
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
  readonly rewritePath?: (path: string) => string;
  readonly rewriteAuthority?: string;
  readonly mirrors: readonly Mirror[];
}

export interface Redirect {
  readonly kind: 'redirect';
  readonly status: number;
  readonly location: (request: RequestHead) => string;
}

export interface DirectResponse {
  readonly kind: 'direct';
  readonly status: number;
  readonly body: Buffer;
}

export interface Destination {
  readonly cluster: ClusterName;
  readonly weight: number;
  readonly headers: HeaderChanges;
}

export interface Mirror {
  readonly cluster: ClusterName;
  readonly share: Share;
}

/** `outbound|<port>|<subset>|<fqdn>`, Envoy's name for a set of endpoints. */
export interface ClusterName {
  readonly key: string;
  readonly host: string;
}

/** A probability in Envoy's own unit: parts of 1,000,000. */
export type Share = number;

export interface Fault {
  readonly delay?: { readonly share: Share; readonly delayMs: number };
  readonly abort?: { readonly share: Share; readonly httpStatus?: number; readonly grpcStatus?: number };
}

export interface RetryPolicy {
  /** Sends after the first one. */
  readonly retries: number;
  readonly on: ReadonlySet<string>;
  readonly statuses: ReadonlySet<number>;
  readonly perTryTimeoutMs?: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
}

export interface HeaderChange {
  readonly set: readonly (readonly [string, string])[];
  readonly add: readonly (readonly [string, string])[];
  readonly remove: readonly string[];
}

export interface HeaderChanges {
  readonly request: HeaderChange;
  readonly response: HeaderChange;
}

export interface VirtualHost {
  /** Bytes to the proxy, which counts connections there and no requests. */
  readonly opaque?: true;
  /** Lower case, without port; `*` and `*.suffix` are wildcards. */
  readonly domains: readonly string[];
  readonly routes: readonly Route[];
}

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

export interface Cluster {
  readonly name: string;
  readonly host: string;
  readonly namespace: string;
  readonly service: string;
  readonly endpoints: readonly Endpoint[];
  readonly policy: TrafficPolicy;
}

/** All that one proxy does with outbound requests; replaced as a whole when the configuration changes. */
export interface RouteTable {
  /** Listener port -> what is served there. */
  readonly ports: ReadonlyMap<number, readonly VirtualHost[]>;
  readonly clusters: ReadonlyMap<string, Cluster>;
}

/** Who the proxy is; decides which configuration it gets to see. */
export interface ProxyIdentity {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly istioMinor: number;
}
