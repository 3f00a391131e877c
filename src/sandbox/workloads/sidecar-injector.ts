import type { Pod } from './kinds.ts';

type Labels = Readonly<Record<string, string>> | undefined;

const STATUS = 'sidecar.istio.io/status';
const INJECT = 'sidecar.istio.io/inject';

/** The pod as istiod's injection webhook would hand it on: with an istio-proxy where namespace and pod ask for one. */
export function withSidecar(pod: Pod, namespaceLabels: Labels): Pod {
  if (isMeshed(pod) || !wantsSidecar(pod, namespaceLabels)) return pod;
  const { labels = {}, annotations = {} } = pod.metadata;
  const app = labels['app'] ?? labels['app.kubernetes.io/name'] ?? pod.metadata.name;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        ...labels,
        'security.istio.io/tlsMode': 'istio',
        'service.istio.io/canonical-name': labels['service.istio.io/canonical-name'] ?? app,
        'service.istio.io/canonical-revision':
          labels['service.istio.io/canonical-revision'] ?? labels['version'] ?? 'latest',
      },
      annotations: {
        ...annotations,
        [STATUS]: JSON.stringify({ containers: ['istio-proxy'], revision: 'default' }),
        'kubectl.kubernetes.io/default-container': pod.spec.containers[0]?.name ?? '',
        'prometheus.io/path': '/stats/prometheus',
        'prometheus.io/port': '15020',
        'prometheus.io/scrape': 'true',
      },
    },
    spec: { ...pod.spec, containers: [...pod.spec.containers, proxyContainer()] },
  };
}

/** Whether a pod has a sidecar of the mesh beside its application. */
export function isMeshed(pod: Pod): boolean {
  return pod.metadata.annotations?.[STATUS] !== undefined;
}

/** Whether a pod is a gateway: nothing but a proxy. */
export function isGateway(pod: Pod): boolean {
  const { containers } = pod.spec;
  return containers.length === 1 && containers[0]?.name === 'istio-proxy';
}

function wantsSidecar(pod: Pod, namespaceLabels: Labels): boolean {
  if (pod.spec.hostNetwork === true || isGateway(pod)) return false;
  const choice = pod.metadata.labels?.[INJECT] ?? pod.metadata.annotations?.[INJECT];
  const byNamespace = namespaceLabels?.['istio-injection'];
  if (byNamespace === 'disabled' || choice === 'false') return false;
  return choice === 'true' || byNamespace === 'enabled' || namespaceLabels?.['istio.io/rev'] !== undefined;
}

function proxyContainer(): Pod['spec']['containers'][number] {
  return {
    name: 'istio-proxy',
    image: 'docker.io/istio/proxyv2:sandbox',
    ports: [{ containerPort: 15090, name: 'http-envoy-prom', protocol: 'TCP' }],
  };
}
