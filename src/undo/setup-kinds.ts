/** A kind that a setup manifest may hold. */
export interface SetupKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
}

const kinds = (group: string, names: Readonly<Record<string, string>>): SetupKind[] =>
  Object.entries(names).map(([kind, plural]) => ({ group, kind, plural }));

/**
 * The kinds that setup applies, and in which leftovers are looked for. The list is closed because the marks of a dead run
 * can only be found in kinds that are looked through. No Secrets: the undo record would copy them into an annotation.
 */
export const SETUP_KINDS: readonly SetupKind[] = [
  ...kinds('networking.istio.io', {
    VirtualService: 'virtualservices',
    DestinationRule: 'destinationrules',
    Gateway: 'gateways',
    ServiceEntry: 'serviceentries',
    Sidecar: 'sidecars',
  }),
  ...kinds('security.istio.io', {
    PeerAuthentication: 'peerauthentications',
    AuthorizationPolicy: 'authorizationpolicies',
    RequestAuthentication: 'requestauthentications',
  }),
  ...kinds('telemetry.istio.io', { Telemetry: 'telemetries' }),
  ...kinds('apps', { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' }),
  ...kinds('', { Service: 'services', ConfigMap: 'configmaps', ServiceAccount: 'serviceaccounts' }),
  ...kinds('networking.k8s.io', { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' }),
  ...kinds('policy', { PodDisruptionBudget: 'poddisruptionbudgets' }),
  ...kinds('autoscaling', { HorizontalPodAutoscaler: 'horizontalpodautoscalers' }),
  ...kinds('gateway.networking.k8s.io', { HTTPRoute: 'httproutes' }),
];

/** Whether setup may apply objects of this group and kind. */
export function isSetupKind(apiVersion: string, kind: string): boolean {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return SETUP_KINDS.some((known) => known.group === group && known.kind === kind);
}
