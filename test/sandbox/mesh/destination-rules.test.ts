import { describe, expect, it } from 'vitest';
import { compileClusters } from '../../../src/sandbox/mesh/config/clusters.ts';
import type { DestinationRule, MeshConfig } from '../../../src/sandbox/mesh/config/objects.ts';
import { trafficPolicy } from '../../../src/sandbox/mesh/config/traffic-policy.ts';

const PROXY = { namespace: 'client', labels: {}, istioMinor: 24 };
const CLUSTER = 'outbound|9080||reviews.default.svc.cluster.local';

function destinationRule(namespace: string, maxConnections: number, more: object = {}): DestinationRule {
  const host = 'reviews.default.svc.cluster.local';
  const connectionPool = { tcp: { maxConnections } };
  return {
    metadata: { name: `r${maxConnections}`, namespace },
    spec: { host, trafficPolicy: { connectionPool }, ...more },
  };
}
function maxConnections(destinationRules: readonly DestinationRule[], cluster = CLUSTER): number | undefined {
  const service = {
    metadata: { name: 'reviews', namespace: 'default' },
    spec: { ports: [{ name: 'http', port: 9080 }] },
  };
  const empty = { virtualServices: [], gateways: [], endpointSlices: [], pods: [] };
  const config: MeshConfig = { ...empty, destinationRules, services: [service] };
  return compileClusters(config, PROXY).get(cluster)?.policy.maxConnections;
}

describe('the DestinationRule in force', () => {
  const root = destinationRule('istio-system', 1);
  const service = destinationRule('default', 2);
  const client = destinationRule('client', 3);

  it('comes from the client’s namespace, else from the service’s, else from the root one', () => {
    expect(maxConnections([root, service, client])).toBe(3);
    expect(maxConnections([root, service])).toBe(2);
    expect(maxConnections([root])).toBe(1);
    expect(maxConnections([destinationRule('elsewhere', 9)])).toBe(2 ** 32 - 1);
  });

  it('must be exported to the client', () => {
    expect(maxConnections([root, destinationRule('default', 2, { exportTo: ['.'] })])).toBe(1);
  });

  it('joins the subsets of several in one namespace, and keeps the first policy', () => {
    const other = destinationRule('default', 5, { subsets: [{ name: 'v2' }], trafficPolicy: undefined });
    const rules = [destinationRule('default', 2, { subsets: [{ name: 'v1' }] }), other];
    expect(maxConnections(rules, 'outbound|9080|v1|reviews.default.svc.cluster.local')).toBe(2);
    expect(maxConnections(rules, 'outbound|9080|v2|reviews.default.svc.cluster.local')).toBe(2);
    expect(maxConnections(rules, 'outbound|9080|v3|reviews.default.svc.cluster.local')).toBeUndefined();
  });
});

describe('a traffic policy', () => {
  it('is overridden by the subset’s block by block, and wholly by settings for the port', () => {
    const top = { loadBalancer: { simple: 'RANDOM' }, connectionPool: { tcp: { maxConnections: 7 } } };
    const subset = { connectionPool: { tcp: { maxConnections: 8 } } };
    expect(trafficPolicy([top, subset], 80, 24)).toMatchObject({ loadBalancing: 'RANDOM', maxConnections: 8 });
    const withPort = { ...top, portLevelSettings: [{ port: { number: 80 }, loadBalancer: { simple: 'ROUND_ROBIN' } }] };
    expect(trafficPolicy([withPort], 80, 24)).toMatchObject({
      loadBalancing: 'ROUND_ROBIN',
      maxConnections: 2 ** 32 - 1,
    });
    expect(trafficPolicy([withPort], 81, 24)).toMatchObject({ loadBalancing: 'RANDOM', maxConnections: 7 });
  });

  it('balances by least request, before Istio 1.14 round robin', () => {
    expect(trafficPolicy([], 80, 14).loadBalancing).toBe('LEAST_REQUEST');
    expect(trafficPolicy([], 80, 13).loadBalancing).toBe('ROUND_ROBIN');
  });
});
