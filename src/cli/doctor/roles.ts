import type { FaultSpec } from '../../model/fault.ts';

/** One rule of a role. `sometimes` says what is lost without it; without that every run of the kind needs it. */
export interface Rule {
  readonly group: string;
  /** With a subresource: `pods/proxy`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly sometimes?: string;
}

/** One part of `deploy/rbac.yaml`, which a test keeps equal to this. */
export interface Role {
  readonly name: string;
  /** The kind of fault it is for; absent: every run. */
  readonly driver?: FaultSpec['driver'];
  readonly what: string;
  readonly rules: readonly Rule[];
}

const ISTIO = 'networking.istio.io';

export const ROLES: readonly Role[] = [
  {
    name: 'holdfast',
    what: 'every run',
    rules: [
      { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['get', 'list', 'create', 'update', 'delete'] },
      { group: ISTIO, resources: ['virtualservices'], verbs: ['list'], sometimes: 'seeing the marks of Istio faults' },
      {
        group: 'chaosblade.io',
        resources: ['chaosblades'],
        verbs: ['list'],
        sometimes: 'seeing the marks of ChaosBlade',
      },
      { group: ISTIO, resources: ['gateways'], verbs: ['get', 'list'], sometimes: 'finding the ingress' },
      { group: '', resources: ['pods', 'services', 'nodes'], verbs: ['list'], sometimes: 'finding the ingress' },
      {
        group: '',
        resources: ['pods/portforward'],
        verbs: ['get', 'create'],
        sometimes: 'reaching an ingress without an address',
      },
    ],
  },
  {
    name: 'holdfast-istio',
    driver: 'istio',
    what: 'delay and abort',
    rules: [
      { group: ISTIO, resources: ['virtualservices'], verbs: ['get', 'list', 'update'] },
      {
        group: ISTIO,
        resources: ['virtualservices'],
        verbs: ['create', 'delete'],
        sometimes: 'services that no VirtualService governs',
      },
      { group: '', resources: ['services'], verbs: ['get'] },
      { group: '', resources: ['pods'], verbs: ['list'] },
      { group: 'discovery.k8s.io', resources: ['endpointslices'], verbs: ['list'] },
      { group: ISTIO, resources: ['gateways'], verbs: ['list'], sometimes: 'faults with `gateway: true`' },
      {
        group: ISTIO,
        resources: ['destinationrules', 'sidecars'],
        verbs: ['list'],
        sometimes: 'checks of the preflight',
      },
      {
        group: 'security.istio.io',
        resources: ['peerauthentications'],
        verbs: ['list'],
        sometimes: 'checks of the preflight',
      },
      { group: 'flagger.app', resources: ['canaries'], verbs: ['list'], sometimes: 'checks of the preflight' },
      {
        group: 'admissionregistration.k8s.io',
        resources: ['validatingwebhookconfigurations'],
        verbs: ['list'],
        sometimes: 'checks of the preflight',
      },
      { group: '', resources: ['namespaces'], verbs: ['get', 'list'], sometimes: 'checks of injection' },
      { group: '', resources: ['pods/proxy'], verbs: ['get'], sometimes: 'evidence without a `proof` probe' },
    ],
  },
  {
    name: 'holdfast-chaosblade',
    driver: 'chaosblade',
    what: 'ChaosBlade',
    rules: [
      { group: 'chaosblade.io', resources: ['chaosblades'], verbs: ['get', 'list', 'create', 'delete'] },
      { group: '', resources: ['pods'], verbs: ['list'] },
      { group: '', resources: ['nodes', 'services'], verbs: ['list'], sometimes: 'faults on nodes' },
    ],
  },
  {
    name: 'holdfast-policy',
    what: 'rules of the policy that ask the cluster',
    rules: [
      { group: '', resources: ['namespaces'], verbs: ['get'], sometimes: 'labels that the policy asks namespaces for' },
      { group: 'batch', resources: ['cronjobs'], verbs: ['list'], sometimes: 'seeing whether a sweeper is at work' },
    ],
  },
  {
    name: 'holdfast-pod-kill',
    driver: 'pod-kill',
    what: 'podKill',
    rules: [
      { group: '', resources: ['pods'], verbs: ['list', 'delete'] },
      {
        group: 'apps',
        resources: ['replicasets', 'deployments', 'statefulsets', 'daemonsets'],
        verbs: ['get'],
        sometimes: 'pods that such an owner replaces',
      },
      { group: 'batch', resources: ['jobs'], verbs: ['get'], sometimes: 'pods that such an owner replaces' },
      {
        group: 'policy',
        resources: ['poddisruptionbudgets'],
        verbs: ['list'],
        sometimes: 'notes about disruption budgets',
      },
    ],
  },
];
