import { bool, double, duration, each, integer, listOf, mapOf, object, oneOfWords, text, unsigned } from './schema.ts';

// What the CRD of Istio 1.23+ says: https://github.com/istio/api/blob/master/kubernetes/customresourcedefinitions.gen.yaml

const stringMatch = object(each(['exact', 'prefix', 'regex'], text), { oneOf: [['exact', 'prefix', 'regex']] });
const percent = object({ value: double });
const labels = mapOf(text);
const texts = listOf(text);

const destination = object({ host: text, subset: text, port: object({ number: unsigned }) }, { required: ['host'] });
const headerOperations = object({ set: labels, add: labels, remove: texts });
const headers = object({ request: headerOperations, response: headerOperations });

const match = object({
  ...each(['name', 'sourceNamespace', 'statPrefix'], text),
  ...each(['uri', 'scheme', 'method', 'authority'], stringMatch),
  ...each(['headers', 'queryParams', 'withoutHeaders'], mapOf(stringMatch)),
  port: unsigned,
  sourceLabels: labels,
  gateways: texts,
  ignoreUriCase: bool,
});

const fault = object({
  delay: object(
    { fixedDelay: duration, exponentialDelay: duration, percent: integer, percentage: percent },
    { oneOf: [['fixedDelay', 'exponentialDelay']] },
  ),
  abort: object(
    { httpStatus: integer, grpcStatus: text, http2Error: text, percentage: percent },
    { oneOf: [['httpStatus', 'grpcStatus', 'http2Error']] },
  ),
});

const redirect = object(
  {
    ...each(['uri', 'authority', 'scheme'], text),
    port: unsigned,
    derivePort: oneOfWords('FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT'),
    redirectCode: unsigned,
  },
  { oneOf: [['port', 'derivePort']] },
);

const directResponse = object(
  { status: unsigned, body: object({ string: text, bytes: text }, { oneOf: [['string', 'bytes']] }) },
  { required: ['status'] },
);

const retries = object({
  attempts: integer,
  perTryTimeout: duration,
  retryOn: text,
  retryRemoteLocalities: bool,
  retryIgnorePreviousHosts: bool,
  backoff: duration,
});

const corsPolicy = object({
  allowOrigins: listOf(stringMatch),
  ...each(['allowOrigin', 'allowMethods', 'allowHeaders', 'exposeHeaders'], texts),
  maxAge: duration,
  allowCredentials: bool,
  unmatchedPreflights: oneOfWords('UNSPECIFIED', 'FORWARD', 'IGNORE'),
});

const http = object({
  name: text,
  match: listOf(match),
  route: listOf(object({ destination, weight: integer, headers }, { required: ['destination'] })),
  redirect,
  directResponse,
  delegate: object(each(['name', 'namespace'], text)),
  rewrite: object({ uri: text, authority: text, uriRegexRewrite: object(each(['match', 'rewrite'], text)) }),
  timeout: duration,
  retries,
  fault,
  mirror: destination,
  mirrors: listOf(object({ destination, percentage: percent }, { required: ['destination'] })),
  mirrorPercentage: percent,
  ...each(['mirrorPercent', 'mirror_percent'], unsigned),
  corsPolicy,
  headers,
});

const l4Match = {
  ...each(['destinationSubnets', 'gateways'], texts),
  ...each(['sourceSubnet', 'sourceNamespace'], text),
  port: unsigned,
  sourceLabels: labels,
};
const route = listOf(object({ destination, weight: integer }, { required: ['destination'] }));
const tlsMatch = object({ ...l4Match, sniHosts: texts }, { required: ['sniHosts'] });

/** `spec` of a VirtualService. */
export const virtualServiceSchema = object({
  ...each(['hosts', 'gateways', 'exportTo'], texts),
  http: listOf(http),
  tls: listOf(object({ match: listOf(tlsMatch), route }, { required: ['match'] })),
  tcp: listOf(object({ match: listOf(object(l4Match)), route })),
});
