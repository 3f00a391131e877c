/** Istio's objects as far as the webhook reads them. Types hold: the CRD was asked before. */
type Maybe<T> = T | null | undefined;
export type Labels = Readonly<Record<string, string>>;

export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

export type StringMatches = Readonly<Record<string, Maybe<StringMatch>>>;

export interface HttpMatch {
  readonly name?: string;
  readonly uri?: StringMatch;
  readonly scheme?: StringMatch;
  readonly method?: StringMatch;
  readonly authority?: StringMatch;
  readonly headers?: StringMatches;
  readonly withoutHeaders?: StringMatches;
  readonly queryParams?: StringMatches;
  readonly port?: number;
  readonly sourceLabels?: Labels;
  readonly sourceNamespace?: string;
  readonly gateways?: readonly string[];
}

export interface Destination {
  readonly host?: string;
  readonly subset?: string;
  readonly port?: { readonly number?: number };
}

export interface HeaderOperations {
  readonly set?: Labels;
  readonly add?: Labels;
  readonly remove?: readonly string[];
}

export interface Headers {
  readonly request?: HeaderOperations;
  readonly response?: HeaderOperations;
}

export interface WeightedDestination {
  readonly destination?: Maybe<Destination>;
  readonly weight?: number;
  readonly headers?: Headers;
}

export interface Percent {
  readonly value?: number;
}

export interface Fault {
  readonly delay?: {
    readonly percentage?: Percent;
    readonly fixedDelay?: string;
    readonly exponentialDelay?: string;
  };
  readonly abort?: {
    readonly percentage?: Percent;
    readonly httpStatus?: number;
    readonly grpcStatus?: string;
    readonly http2Error?: string;
  };
}

export interface Retries {
  readonly attempts?: number;
  readonly perTryTimeout?: string;
  readonly retryOn?: string;
  readonly retryRemoteLocalities?: boolean;
  readonly backoff?: string;
}

export interface Rewrite {
  readonly uri?: string;
  readonly authority?: string;
  readonly uriRegexRewrite?: { readonly match?: string; readonly rewrite?: string };
}

export interface Redirect {
  readonly uri?: string;
  readonly authority?: string;
  readonly scheme?: string;
  readonly port?: number;
  readonly derivePort?: string;
  readonly redirectCode?: number;
}

export interface CorsPolicy {
  readonly allowOrigins?: readonly StringMatch[];
  readonly allowMethods?: readonly string[];
  readonly maxAge?: string;
}

export interface HttpRoute {
  readonly name?: string;
  readonly match?: readonly Maybe<HttpMatch>[];
  readonly route?: readonly Maybe<WeightedDestination>[];
  readonly redirect?: Redirect;
  readonly directResponse?: { readonly status?: number };
  readonly delegate?: object;
  readonly rewrite?: Rewrite;
  readonly timeout?: string;
  readonly retries?: Retries;
  readonly fault?: Fault;
  readonly mirror?: Destination;
  readonly mirrors?: readonly Maybe<{ readonly destination?: Destination; readonly percentage?: Percent }>[];
  readonly mirrorPercent?: number;
  readonly mirrorPercentage?: Percent;
  readonly corsPolicy?: CorsPolicy;
  readonly headers?: Headers;
}

export interface L4Route {
  readonly match?: readonly Maybe<{ readonly port?: number; readonly sniHosts?: readonly string[] }>[];
  readonly route?: readonly Maybe<WeightedDestination>[];
}

export interface VirtualServiceSpec {
  readonly hosts?: readonly string[];
  readonly gateways?: readonly string[];
  readonly http?: readonly Maybe<HttpRoute>[];
  readonly tls?: readonly Maybe<L4Route>[];
  readonly tcp?: readonly Maybe<L4Route>[];
}

export interface TrafficPolicy {
  readonly loadBalancer?: { readonly consistentHash?: { readonly minimumRingSize?: number } };
  readonly connectionPool?: {
    readonly tcp?: Readonly<Record<string, unknown>>;
    readonly http?: Readonly<Record<string, unknown>>;
  };
  readonly outlierDetection?: Readonly<Record<string, unknown>>;
  readonly tls?: object;
  readonly portLevelSettings?: readonly Maybe<TrafficPolicy & { readonly port?: object }>[];
  readonly tunnel?: object;
  readonly proxyProtocol?: object;
}

export interface DestinationRuleSpec {
  readonly host?: string;
  readonly trafficPolicy?: TrafficPolicy;
  readonly subsets?: readonly Maybe<{
    readonly name?: string;
    readonly labels?: Labels;
    readonly trafficPolicy?: TrafficPolicy;
  }>[];
}

export interface GatewayServer {
  readonly port?: { readonly number?: number; readonly name?: string; readonly protocol?: string };
  readonly hosts?: readonly string[];
  readonly tls?: { readonly httpsRedirect?: boolean; readonly mode?: string } & Readonly<Record<string, unknown>>;
}

export interface GatewaySpec {
  readonly servers?: readonly Maybe<GatewayServer>[];
}
