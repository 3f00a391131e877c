/** The parts of Kubernetes and Istio objects the proxies act on; everything may be missing, as in a hand-written file. */
export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly creationTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export type StringMatch = { readonly exact?: string; readonly prefix?: string; readonly regex?: string };
export type Labels = Readonly<Record<string, string>>;

export interface MatchBlock {
  readonly uri?: StringMatch;
  readonly scheme?: StringMatch;
  readonly method?: StringMatch;
  readonly authority?: StringMatch;
  readonly headers?: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders?: Readonly<Record<string, StringMatch>>;
  readonly queryParams?: Readonly<Record<string, StringMatch>>;
  readonly ignoreUriCase?: boolean;
  readonly port?: number;
  readonly gateways?: readonly string[];
  readonly sourceLabels?: Labels;
  readonly sourceNamespace?: string;
}

export interface HeaderOperation {
  readonly set?: Labels;
  readonly add?: Labels;
  readonly remove?: readonly string[];
}

export interface HeadersSpec {
  readonly request?: HeaderOperation;
  readonly response?: HeaderOperation;
}

export interface DestinationSpec {
  readonly host: string;
  readonly subset?: string;
  readonly port?: { readonly number?: number };
}

export interface FaultSpec {
  readonly delay?: {
    readonly percentage?: { readonly value?: number };
    readonly percent?: number;
    readonly fixedDelay?: string;
  };
  readonly abort?: {
    readonly percentage?: { readonly value?: number };
    readonly httpStatus?: number;
    readonly grpcStatus?: string;
  };
}

export interface RetriesSpec {
  readonly attempts?: number;
  readonly perTryTimeout?: string;
  readonly retryOn?: string;
  readonly backoff?: string;
}

export interface RewriteSpec {
  readonly uri?: string;
  readonly authority?: string;
  readonly uriRegexRewrite?: { readonly match?: string; readonly rewrite?: string };
}

export interface RedirectSpec {
  readonly uri?: string;
  readonly authority?: string;
  readonly scheme?: string;
  readonly port?: number;
  readonly redirectCode?: number;
}

export interface MirrorSpec {
  readonly destination?: DestinationSpec;
  readonly percentage?: { readonly value?: number };
}

export interface HttpRouteSpec {
  readonly name?: string;
  readonly match?: readonly MatchBlock[];
  readonly route?: readonly {
    readonly destination: DestinationSpec;
    readonly weight?: number;
    readonly headers?: HeadersSpec;
  }[];
  readonly redirect?: RedirectSpec;
  readonly directResponse?: {
    readonly status: number;
    readonly body?: { readonly string?: string; readonly bytes?: string };
  };
  readonly delegate?: { readonly name?: string; readonly namespace?: string };
  readonly rewrite?: RewriteSpec;
  readonly timeout?: string;
  readonly retries?: RetriesSpec;
  readonly fault?: FaultSpec;
  readonly mirror?: DestinationSpec;
  readonly mirrors?: readonly MirrorSpec[];
  readonly mirrorPercentage?: { readonly value?: number };
  readonly mirrorPercent?: number;
  readonly headers?: HeadersSpec;
}

export interface VirtualService {
  readonly metadata: Meta;
  readonly spec?: {
    readonly hosts?: readonly string[];
    readonly gateways?: readonly string[];
    readonly exportTo?: readonly string[];
    readonly http?: readonly HttpRouteSpec[];
  };
}

export interface ConsistentHashSpec {
  readonly httpHeaderName?: string;
  readonly httpCookie?: { readonly name?: string };
  readonly useSourceIp?: boolean;
  readonly httpQueryParameterName?: string;
}

export interface TrafficPolicySpec {
  readonly loadBalancer?: { readonly simple?: string; readonly consistentHash?: ConsistentHashSpec };
  readonly connectionPool?: {
    readonly tcp?: { readonly maxConnections?: number };
    readonly http?: {
      readonly http1MaxPendingRequests?: number;
      readonly http2MaxRequests?: number;
      readonly maxRequestsPerConnection?: number;
    };
  };
  readonly outlierDetection?: {
    readonly consecutive5xxErrors?: number;
    readonly consecutiveGatewayErrors?: number;
    readonly interval?: string;
    readonly baseEjectionTime?: string;
    readonly maxEjectionPercent?: number;
    readonly minHealthPercent?: number;
  };
  readonly portLevelSettings?: readonly (TrafficPolicySpec & { readonly port?: { readonly number?: number } })[];
}

export interface DestinationRule {
  readonly metadata: Meta;
  readonly spec?: {
    readonly host?: string;
    readonly exportTo?: readonly string[];
    readonly trafficPolicy?: TrafficPolicySpec;
    readonly subsets?: readonly {
      readonly name: string;
      readonly labels?: Labels;
      readonly trafficPolicy?: TrafficPolicySpec;
    }[];
  };
}

export interface GatewayServer {
  readonly port?: { readonly number?: number; readonly name?: string; readonly protocol?: string };
  readonly hosts?: readonly string[];
  readonly tls?: { readonly httpsRedirect?: boolean };
}

export interface Gateway {
  readonly metadata: Meta;
  readonly spec?: { readonly selector?: Labels; readonly servers?: readonly GatewayServer[] };
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly targetPort?: number | string;
}

export interface Service {
  readonly metadata: Meta;
  readonly spec?: {
    readonly selector?: Labels;
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly ports?: readonly ServicePort[];
  };
}

export interface EndpointSlice {
  readonly metadata: Meta;
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[] | null;
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: { readonly kind?: string; readonly name?: string; readonly namespace?: string };
      }[]
    | null;
}

export interface Pod {
  readonly metadata: Meta;
  readonly spec?: {
    readonly containers?: readonly {
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
}

/** Everything the route tables are made from, as it was at one moment. */
export interface MeshConfig {
  readonly virtualServices: readonly VirtualService[];
  readonly destinationRules: readonly DestinationRule[];
  readonly gateways: readonly Gateway[];
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly pods: readonly Pod[];
}
