import type { Store, StoredObject } from '../../store.ts';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];
const WRITE = [...READ, 'create', 'update', 'patch', 'delete', 'deletecollection'];
const WORKLOADS = ['pods', 'services', 'endpoints', 'configmaps', 'serviceaccounts', 'events'];

/** The cluster roles every cluster is born with, as far as they mean something here, and what everybody may. */
export function createDefaultRoles(store: Store): void {
  const roles = [
    role('cluster-admin', [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ]),
    role('admin', [
      { apiGroups: ['', 'apps', 'discovery.k8s.io', RBAC], resources: ['*'], verbs: WRITE },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: WRITE },
    ]),
    role('edit', [
      { apiGroups: [''], resources: [...WORKLOADS, 'secrets', 'pods/proxy', 'pods/portforward'], verbs: WRITE },
      { apiGroups: ['apps'], resources: ['*'], verbs: WRITE },
    ]),
    role('view', [
      { apiGroups: [''], resources: [...WORKLOADS, 'namespaces', 'pods/log', 'pods/status'], verbs: READ },
      { apiGroups: ['apps', 'discovery.k8s.io'], resources: ['*'], verbs: READ },
    ]),
    role('system:basic-user', [
      {
        apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'],
        verbs: ['create'],
      },
    ]),
    role('system:discovery', [
      {
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/healthz',
          '/livez',
          '/readyz',
          '/openapi',
          '/openapi/*',
          '/version',
          '/version/',
        ],
        verbs: ['get'],
      },
    ]),
  ];
  const bindings = [
    binding('cluster-admin', 'system:masters'),
    binding('system:basic-user', 'system:authenticated'),
    binding('system:discovery', 'system:authenticated'),
  ];
  for (const each of roles) createOnce(store, `clusterroles.${RBAC}`, each);
  for (const each of bindings) createOnce(store, `clusterrolebindings.${RBAC}`, each);
}

function createOnce(store: Store, resource: string, object: StoredObject): void {
  if (!store.get(resource, undefined, object.metadata.name)) store.create(resource, object);
}

function role(name: string, rules: unknown): StoredObject {
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name, labels: bootstrapping }, rules };
}

function binding(name: string, group: string): StoredObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: bootstrapping },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }],
  };
}

const bootstrapping = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
