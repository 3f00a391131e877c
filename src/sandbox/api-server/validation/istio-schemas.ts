import type { Fields, Schema } from '../catalogue/kind.ts';
import { fieldsOf, known, listOf, mapOf } from './schema.ts';

// The fields of networking.istio.io as Istio 1.24 serves them: https://istio.io/latest/docs/reference/config/networking/

const stringMatch = known('exact', 'prefix', 'regex');
const percent = known('value');
const portNumber = known('number');
const destination = fieldsOf({ ...any('host', 'subset'), port: portNumber });
const headerOperations = known('set', 'add', 'remove');
const headers = fieldsOf({ request: headerOperations, response: headerOperations });
const mirrorPolicy = fieldsOf({ destination, percentage: percent });

const httpMatch = fieldsOf({
  ...any('name', 'ignoreUriCase', 'port', 'gateways', 'sourceNamespace', 'statPrefix'),
  ...each(['uri', 'scheme', 'method', 'authority'], stringMatch),
  ...each(['headers', 'queryParams', 'withoutHeaders'], mapOf(stringMatch)),
  sourceLabels: 'any',
});

const fault = fieldsOf({
  delay: fieldsOf({ ...any('fixedDelay', 'exponentialDelay', 'percent'), percentage: percent }),
  abort: fieldsOf({ ...any('httpStatus', 'grpcStatus', 'http2Error'), percentage: percent }),
});

const retries = known(
  'attempts',
  'perTryTimeout',
  'retryOn',
  'retryRemoteLocalities',
  'retryIgnorePreviousHosts',
  'backoff',
);

const corsPolicy = fieldsOf({
  ...any('allowOrigin', 'allowMethods', 'allowHeaders', 'exposeHeaders', 'maxAge', 'allowCredentials'),
  unmatchedPreflights: 'any',
  allowOrigins: listOf(stringMatch),
});

const httpRoute = fieldsOf({
  ...any('name', 'timeout', 'mirrorPercent', 'mirror_percent'),
  match: listOf(httpMatch),
  route: listOf(fieldsOf({ destination, headers, weight: 'any' })),
  redirect: known('uri', 'authority', 'port', 'derivePort', 'scheme', 'redirectCode'),
  directResponse: fieldsOf({ status: 'any', body: known('string', 'bytes') }),
  delegate: known('name', 'namespace'),
  rewrite: fieldsOf({ ...any('uri', 'authority'), uriRegexRewrite: known('match', 'rewrite') }),
  retries,
  fault,
  mirror: destination,
  mirrors: listOf(mirrorPolicy),
  mirrorPercentage: percent,
  corsPolicy,
  headers,
});

const l4Match = any('destinationSubnets', 'port', 'sourceSubnet', 'sourceLabels', 'gateways', 'sourceNamespace');
const routeDestinations = listOf(fieldsOf({ destination, weight: 'any' }));

/** `spec` of a VirtualService. */
export const virtualServiceSchema = objectWith({
  ...any('hosts', 'gateways', 'exportTo'),
  http: listOf(httpRoute),
  tls: listOf(fieldsOf({ match: listOf(fieldsOf({ ...l4Match, sniHosts: 'any' })), route: routeDestinations })),
  tcp: listOf(fieldsOf({ match: listOf(fieldsOf(l4Match)), route: routeDestinations })),
});

const tls = known(
  'mode',
  'clientCertificate',
  'privateKey',
  'caCertificates',
  'credentialName',
  'subjectAltNames',
  'sni',
  'insecureSkipVerify',
  'caCrl',
);

const loadBalancer = fieldsOf({
  ...any('simple', 'warmupDurationSecs'),
  warmup: known('duration', 'minimumPercent', 'aggression'),
  consistentHash: fieldsOf({
    ...any('httpHeaderName', 'useSourceIp', 'httpQueryParameterName', 'minimumRingSize'),
    httpCookie: known('name', 'path', 'ttl', 'attributes'),
    ringHash: known('minimumRingSize'),
    maglev: known('tableSize'),
  }),
  localityLbSetting: known('distribute', 'failover', 'failoverPriority', 'enabled'),
});

const connectionPool = fieldsOf({
  tcp: known('maxConnections', 'connectTimeout', 'tcpKeepalive', 'maxConnectionDuration', 'idleTimeout'),
  http: known(
    'http1MaxPendingRequests',
    'http2MaxRequests',
    'maxRequestsPerConnection',
    'maxRetries',
    'idleTimeout',
    'h2UpgradePolicy',
    'useClientProtocol',
    'maxConcurrentStreams',
  ),
});

const outlierDetection = known(
  'consecutiveErrors',
  'splitExternalLocalOriginErrors',
  'consecutiveLocalOriginFailures',
  'consecutiveGatewayErrors',
  'consecutive5xxErrors',
  'interval',
  'baseEjectionTime',
  'maxEjectionPercent',
  'minHealthPercent',
);

const trafficFields: Fields = { loadBalancer, connectionPool, outlierDetection, tls };
const trafficPolicy = fieldsOf({
  ...trafficFields,
  portLevelSettings: listOf(fieldsOf({ ...trafficFields, port: portNumber })),
  tunnel: known('protocol', 'targetHost', 'targetPort'),
  proxyProtocol: known('version'),
});

/** `spec` of a DestinationRule. */
export const destinationRuleSchema = objectWith({
  ...any('host', 'exportTo'),
  trafficPolicy,
  subsets: listOf(fieldsOf({ ...any('name', 'labels'), trafficPolicy })),
  workloadSelector: known('matchLabels'),
});

const serverTls = known(
  'httpsRedirect',
  'mode',
  'serverCertificate',
  'privateKey',
  'caCertificates',
  'caCrl',
  'credentialName',
  'subjectAltNames',
  'verifyCertificateSpki',
  'verifyCertificateHash',
  'minProtocolVersion',
  'maxProtocolVersion',
  'cipherSuites',
);

/** `spec` of a Gateway. */
export const gatewaySchema = objectWith({
  selector: 'any',
  servers: listOf(
    fieldsOf({
      ...any('bind', 'hosts', 'defaultEndpoint', 'name'),
      port: known('number', 'protocol', 'name', 'targetPort'),
      tls: serverTls,
    }),
  ),
});

function objectWith(spec: Fields): Schema {
  return fieldsOf({ spec: fieldsOf(spec), status: 'any' });
}

function any(...names: readonly string[]): Fields {
  return each(names, 'any');
}

function each(names: readonly string[], schema: Schema): Fields {
  return Object.fromEntries(names.map((name) => [name, schema]));
}
