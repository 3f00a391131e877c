import { age, createdAt } from '../tables/age.ts';
import { daemonSetColumns, deploymentColumns, replicaSetColumns } from '../tables/apps.ts';
import { cronJobColumns, jobColumns } from '../tables/batch.ts';
import { endpointSliceColumns } from '../tables/core.ts';
import { listAt, stringAt } from '../json.ts';
import { daemonSetSchema, deploymentSchema, replicaSetSchema } from '../validation/built-in-schemas.ts';
import { kindOf, scale, statusOf } from './kind.ts';
import type { Column, Kind } from './kind.ts';

const v1 = { versions: ['v1'] } as const;
const rbac = { ...v1, group: 'rbac.authorization.k8s.io' } as const;
const review = { ...v1, verbs: ['create'], namespaced: false } as const;
const authorization = { ...review, group: 'authorization.k8s.io' } as const;

const bindingColumns: readonly Column[] = [
  {
    name: 'Role',
    cell: (binding) => `${stringAt(binding, ['roleRef', 'kind'])}/${stringAt(binding, ['roleRef', 'name'])}`,
  },
  age,
];

/** The built-in groups beside core. */
export const groupKinds: readonly Kind[] = [
  kindOf({
    ...v1,
    group: 'apps',
    kind: 'Deployment',
    plural: 'deployments',
    shortNames: ['deploy'],
    categories: ['all'],
    subresources: [statusOf('Deployment'), scale],
    columns: deploymentColumns,
    schema: deploymentSchema,
  }),
  kindOf({
    ...v1,
    group: 'apps',
    kind: 'ReplicaSet',
    plural: 'replicasets',
    shortNames: ['rs'],
    categories: ['all'],
    subresources: [statusOf('ReplicaSet'), scale],
    columns: replicaSetColumns,
    schema: replicaSetSchema,
  }),
  kindOf({
    ...v1,
    group: 'apps',
    kind: 'DaemonSet',
    plural: 'daemonsets',
    shortNames: ['ds'],
    categories: ['all'],
    subresources: [statusOf('DaemonSet')],
    columns: daemonSetColumns,
    schema: daemonSetSchema,
  }),
  // Served for those who look for them; no controller of the sandbox starts a Job.
  kindOf({
    ...v1,
    group: 'batch',
    kind: 'CronJob',
    plural: 'cronjobs',
    shortNames: ['cj'],
    categories: ['all'],
    subresources: [statusOf('CronJob')],
    columns: cronJobColumns,
  }),
  kindOf({
    ...v1,
    group: 'batch',
    kind: 'Job',
    plural: 'jobs',
    categories: ['all'],
    subresources: [statusOf('Job')],
    columns: jobColumns,
  }),
  kindOf({
    ...v1,
    group: 'discovery.k8s.io',
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    columns: endpointSliceColumns,
  }),
  kindOf({
    ...v1,
    group: 'coordination.k8s.io',
    kind: 'Lease',
    plural: 'leases',
    columns: [{ name: 'Holder', cell: (lease) => stringAt(lease, ['spec', 'holderIdentity']) }, age],
  }),
  kindOf({ ...rbac, kind: 'Role', plural: 'roles', columns: [createdAt] }),
  kindOf({ ...rbac, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false, columns: [createdAt] }),
  kindOf({ ...rbac, kind: 'RoleBinding', plural: 'rolebindings', columns: bindingColumns }),
  kindOf({
    ...rbac,
    kind: 'ClusterRoleBinding',
    plural: 'clusterrolebindings',
    namespaced: false,
    columns: bindingColumns,
  }),
  kindOf({ ...authorization, kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews' }),
  kindOf({ ...authorization, kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews' }),
  kindOf({ ...review, group: 'authentication.k8s.io', kind: 'SelfSubjectReview', plural: 'selfsubjectreviews' }),
  kindOf({
    ...v1,
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    namespaced: false,
    subresources: [statusOf('CustomResourceDefinition')],
    columns: [createdAt],
  }),
  kindOf({
    ...v1,
    group: 'admissionregistration.k8s.io',
    kind: 'ValidatingWebhookConfiguration',
    plural: 'validatingwebhookconfigurations',
    categories: ['api-extensions'],
    namespaced: false,
    columns: [
      { name: 'Webhooks', type: 'integer', cell: (configuration) => listAt(configuration, 'webhooks').length },
      age,
    ],
  }),
];
