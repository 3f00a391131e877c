import { bool, double, duration, each, integer, listOf, mapOf, object, oneOfWords, text, unsigned } from './schema.ts';

// What the CRD of Istio 1.23+ says: https://github.com/istio/api/blob/master/kubernetes/customresourcedefinitions.gen.yaml

const cookie = object({ ...each(['name', 'path'], text), ttl: text }, { required: ['name'] });

const loadBalancer = object(
  {
    simple: oneOfWords('UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST'),
    consistentHash: object({
      ...each(['httpHeaderName', 'httpQueryParameterName'], text),
      httpCookie: cookie,
      useSourceIp: bool,
      minimumRingSize: integer,
      ringHash: object({ minimumRingSize: integer }),
      maglev: object({ tableSize: integer }),
    }),
    warmupDurationSecs: duration,
    warmup: object({ duration, minimumPercent: double, aggression: double }, { required: ['duration'] }),
  },
  { oneOf: [['simple', 'consistentHash']] },
);

const connectionPool = object({
  tcp: object({
    maxConnections: integer,
    connectTimeout: duration,
    maxConnectionDuration: duration,
    // 0s is allowed here: it disables the timeout.
    idleTimeout: text,
    tcpKeepalive: object({ probes: unsigned, time: duration, interval: duration }),
  }),
  http: object({
    ...each(['http1MaxPendingRequests', 'http2MaxRequests', 'maxRequestsPerConnection', 'maxRetries'], integer),
    maxConcurrentStreams: integer,
    idleTimeout: duration,
    h2UpgradePolicy: oneOfWords('DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'),
    useClientProtocol: bool,
  }),
});

const outlierDetection = object({
  ...each(['consecutiveErrors', 'maxEjectionPercent', 'minHealthPercent'], integer),
  ...each(['consecutive5xxErrors', 'consecutiveGatewayErrors', 'consecutiveLocalOriginFailures'], unsigned),
  ...each(['interval', 'baseEjectionTime'], duration),
  splitExternalLocalOriginErrors: bool,
});

const tls = object({ mode: oneOfWords('DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL') });
const policy = { loadBalancer, connectionPool, outlierDetection, tls };

const trafficPolicy = object({
  ...policy,
  portLevelSettings: listOf(object({ ...policy, port: object({ number: unsigned }) })),
  tunnel: object(
    { protocol: text, targetHost: text, targetPort: unsigned },
    { required: ['targetHost', 'targetPort'] },
  ),
  proxyProtocol: object({ version: oneOfWords('V1', 'V2') }),
});

/** `spec` of a DestinationRule. */
export const destinationRuleSchema = object(
  {
    host: text,
    exportTo: listOf(text),
    trafficPolicy,
    subsets: listOf(object({ name: text, labels: mapOf(text), trafficPolicy }, { required: ['name'] })),
    workloadSelector: object({ matchLabels: mapOf(text) }),
  },
  { required: ['host'] },
);
