import { checkDuration, checkLabels, checkSubsetName, wildcardDomainProblem } from './names.ts';
import { checkPercent } from './percentages.ts';
import type { Report } from './report.ts';
import type { DestinationRuleSpec, TrafficPolicy } from './shapes.ts';

/** `spec` of a DestinationRule. */
export function checkDestinationRule(spec: DestinationRuleSpec, report: Report): void {
  const problem = wildcardDomainProblem(spec.host ?? '');
  if (problem !== undefined) report.error(problem);
  checkTrafficPolicy(spec.trafficPolicy, report);
  const names = new Set<string>();
  for (const subset of spec.subsets ?? []) {
    if (subset === null || subset === undefined) {
      report.error('subset may not be null');
      continue;
    }
    const { name = '' } = subset;
    if (names.has(name)) report.error(`duplicate subset names: ${name}`);
    names.add(name);
    checkSubsetName(name, report);
    checkLabels(subset.labels, report);
    checkTrafficPolicy(subset.trafficPolicy, report);
  }
}

const POLICY_FIELDS = [
  'outlierDetection',
  'connectionPool',
  'loadBalancer',
  'tls',
  'portLevelSettings',
  'tunnel',
  'proxyProtocol',
] as const;

function checkTrafficPolicy(policy: TrafficPolicy | undefined, report: Report): void {
  if (policy === undefined) return;
  if (POLICY_FIELDS.every((field) => policy[field] === undefined)) {
    return report.error('traffic policy must have at least one field');
  }
  if (policy.tunnel !== undefined && policy.proxyProtocol !== undefined) {
    return report.error('tunnel and proxyProtocol must not be set together');
  }
  checkPolicyParts(policy, report);
  for (const port of policy.portLevelSettings ?? []) {
    if (port === null || port === undefined) {
      report.error('traffic policy may not be null');
      continue;
    }
    if (port.port === undefined) report.error('portTrafficPolicy must have valid port');
    const isEmpty = POLICY_FIELDS.slice(0, 4).every((field) => port[field] === undefined);
    if (isEmpty) report.error('port traffic policy must have at least one field');
    else checkPolicyParts(port, report);
  }
}

function checkPolicyParts(policy: TrafficPolicy, report: Report): void {
  if (policy.outlierDetection !== undefined) checkOutlierDetection(policy.outlierDetection, report);
  if (policy.connectionPool !== undefined) checkConnectionPool(policy.connectionPool, report);
  if ((policy.loadBalancer?.consistentHash?.minimumRingSize ?? 0) !== 0) {
    report.warn("consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash configuration instead");
  }
}

function checkOutlierDetection(outlier: NonNullable<TrafficPolicy['outlierDetection']>, report: Report): void {
  checkDuration(textOf(outlier['baseEjectionTime']), report);
  if (numberOf(outlier['consecutiveErrors']) !== 0) {
    report.warn(
      'outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead',
    );
  }
  if (outlier['splitExternalLocalOriginErrors'] !== true && numberOf(outlier['consecutiveLocalOriginFailures']) > 0) {
    report.error(
      'outlier detection consecutive local origin failures is specified, but split external local origin errors is set to false',
    );
  }
  checkDuration(textOf(outlier['interval']), report);
  checkPercent(outlier['maxEjectionPercent'], report);
  checkPercent(outlier['minHealthPercent'], report);
}

/** Fields that may not be negative, with the name Istio has for them. */
const HTTP_LIMITS = {
  http1MaxPendingRequests: 'http1 max pending requests',
  http2MaxRequests: 'http2 max requests',
  maxRequestsPerConnection: 'max requests per connection',
  maxRetries: 'max retries',
  maxConcurrentStreams: 'max concurrent streams',
} as const;

function checkConnectionPool({ http, tcp }: NonNullable<TrafficPolicy['connectionPool']>, report: Report): void {
  if (http === undefined && tcp === undefined) return report.error('connection pool must have at least one field');
  for (const [field, name] of Object.entries(HTTP_LIMITS)) {
    if (numberOf(http?.[field]) < 0) report.error(`${name} must be non-negative`);
  }
  checkDuration(textOf(http?.['idleTimeout']), report);
  if (http?.['h2UpgradePolicy'] === 'UPGRADE' && http['useClientProtocol'] === true) {
    report.error('use client protocol must not be true when H2UpgradePolicy is UPGRADE');
  }
  if (numberOf(tcp?.['maxConnections']) < 0) report.error('max connections must be non-negative');
  checkDuration(textOf(tcp?.['connectTimeout']), report);
  checkDuration(textOf(tcp?.['maxConnectionDuration']), report);
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
