import { fqdn, hostMatches, resolveHost, specificity } from './hosts.ts';
import type { DestinationRule, Labels, MeshConfig, Service, ServicePort } from './objects.ts';
import type { Cluster, ClusterName, Endpoint, ProxyIdentity } from './route-table.ts';
import { trafficPolicy } from './traffic-policy.ts';
import { byAge, exportedTo, namespaceOf } from './virtual-services.ts';

/** Rules in this namespace hold for everybody who has no closer one. */
const ROOT_NAMESPACE = 'istio-system';

export function clusterName(host: string, port: number, subset = ''): ClusterName {
  return { key: `outbound|${port}|${subset}|${host}`, host };
}

/** Every cluster a proxy knows: each port of each Service, whole and by the subsets of the rule that governs it. */
export function compileClusters(config: MeshConfig, proxy: ProxyIdentity): Map<string, Cluster> {
  const podLabels = new Map(
    config.pods.map((pod) => [podKey(namespaceOf(pod), pod.metadata.name), pod.metadata.labels]),
  );
  const clusters = new Map<string, Cluster>();
  for (const service of config.services) {
    const namespace = namespaceOf(service);
    const host = fqdn(service.metadata.name, namespace);
    const rules = governingRules(config.destinationRules, host, namespace, proxy.namespace);
    const top = rules.find((rule) => rule.spec?.trafficPolicy)?.spec?.trafficPolicy;
    for (const port of service.spec?.ports ?? []) {
      const all = endpointsOf(config, service, port, podLabels);
      const add = (
        subset: string,
        endpoints: readonly LabelledEndpoint[],
        layers: Parameters<typeof trafficPolicy>[0],
      ) => {
        const { key } = clusterName(host, port.port, subset);
        const policy = trafficPolicy(layers, port.port, proxy.istioMinor);
        const plain = endpoints.map(({ ip, port: targetPort }): Endpoint => ({ ip, port: targetPort }));
        clusters.set(key, { name: key, host, namespace, service: service.metadata.name, endpoints: plain, policy });
      };
      add('', all, [top]);
      for (const subset of rules.flatMap((rule) => rule.spec?.subsets ?? []).reverse()) {
        const chosen = all.filter((endpoint) => contains(endpoint.labels, subset.labels ?? {}));
        add(subset.name, chosen, [top, subset.trafficPolicy]);
      }
    }
  }
  return clusters;
}

/** Whether `labels` has everything `wanted` asks for. */
export function contains(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** From the client's namespace, else the service's, else the root one; there the most specific host, oldest first. */
function governingRules(
  all: readonly DestinationRule[],
  host: string,
  serviceNamespace: string,
  client: string,
): DestinationRule[] {
  for (const namespace of new Set([client, serviceNamespace, ROOT_NAMESPACE])) {
    const matching = all.filter(
      (rule) =>
        namespaceOf(rule) === namespace &&
        exportedTo(rule.spec?.exportTo, namespace, client) &&
        hostMatches(ruleHost(rule), host),
    );
    const best = Math.max(...matching.map((rule) => specificity(ruleHost(rule))));
    const chosen = matching.filter((rule) => specificity(ruleHost(rule)) === best);
    if (chosen.length > 0) return chosen.sort(byAge);
  }
  return [];
}

function ruleHost(rule: DestinationRule): string {
  return resolveHost(rule.spec?.host ?? '', namespaceOf(rule));
}

interface LabelledEndpoint extends Endpoint {
  readonly labels: Labels;
}

function endpointsOf(
  config: MeshConfig,
  service: Service,
  port: ServicePort,
  podLabels: ReadonlyMap<string, Labels | undefined>,
): LabelledEndpoint[] {
  const namespace = namespaceOf(service);
  return config.endpointSlices
    .filter(
      (slice) =>
        namespaceOf(slice) === namespace &&
        slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
    )
    .flatMap((slice) => {
      const target = (slice.ports ?? []).find((candidate) => (candidate.name ?? '') === (port.name ?? ''))?.port;
      if (target === undefined) return [];
      return (slice.endpoints ?? [])
        .filter((endpoint) => endpoint.conditions?.ready !== false)
        .flatMap((endpoint) => {
          const pod = podKey(endpoint.targetRef?.namespace ?? namespace, endpoint.targetRef?.name ?? '');
          const labels = podLabels.get(pod) ?? {};
          return endpoint.addresses.map((ip) => ({ ip, port: target, labels }));
        });
    });
}

function podKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
