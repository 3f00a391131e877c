import { podSchema, serviceSchema } from '../validation/built-in-schemas.ts';
import {
  configMapColumns,
  endpointsColumns,
  eventColumns,
  namespaceColumns,
  nodeColumns,
  secretColumns,
  serviceAccountColumns,
  serviceColumns,
} from '../tables/core.ts';
import { podColumns } from '../tables/pods.ts';
import { kindOf, statusOf } from './kind.ts';
import type { Kind, Subresource } from './kind.ts';

const core = { group: '', versions: ['v1'] } as const;

const podSubresources: readonly Subresource[] = [
  statusOf('Pod'),
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  { name: 'proxy', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
];

/** The core group. */
export const coreKinds: readonly Kind[] = [
  kindOf({
    ...core,
    kind: 'Namespace',
    plural: 'namespaces',
    shortNames: ['ns'],
    namespaced: false,
    subresources: [statusOf('Namespace')],
    columns: namespaceColumns,
    selectable: ['status.phase'],
  }),
  kindOf({
    ...core,
    kind: 'Pod',
    plural: 'pods',
    shortNames: ['po'],
    categories: ['all'],
    subresources: podSubresources,
    columns: podColumns,
    schema: podSchema,
    selectable: ['spec.nodeName', 'spec.serviceAccountName', 'spec.restartPolicy', 'status.phase', 'status.podIP'],
  }),
  kindOf({
    ...core,
    kind: 'Service',
    plural: 'services',
    shortNames: ['svc'],
    categories: ['all'],
    subresources: [statusOf('Service')],
    columns: serviceColumns,
    schema: serviceSchema,
    selectable: ['spec.clusterIP', 'spec.type'],
  }),
  kindOf({ ...core, kind: 'Endpoints', plural: 'endpoints', shortNames: ['ep'], columns: endpointsColumns }),
  kindOf({
    ...core,
    kind: 'Node',
    plural: 'nodes',
    shortNames: ['no'],
    namespaced: false,
    subresources: [statusOf('Node')],
    columns: nodeColumns,
    selectable: ['spec.unschedulable'],
  }),
  kindOf({ ...core, kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'], columns: configMapColumns }),
  kindOf({ ...core, kind: 'Secret', plural: 'secrets', columns: secretColumns, selectable: ['type'] }),
  kindOf({
    ...core,
    kind: 'ServiceAccount',
    plural: 'serviceaccounts',
    shortNames: ['sa'],
    subresources: [
      {
        name: 'token',
        kind: 'TokenRequest',
        group: 'authentication.k8s.io',
        version: 'v1',
        verbs: ['create'],
      },
    ],
    columns: serviceAccountColumns,
  }),
  kindOf({
    ...core,
    kind: 'Event',
    plural: 'events',
    shortNames: ['ev'],
    columns: eventColumns,
    nameColumn: false,
    selectable: [
      ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
        (field) => `involvedObject.${field}`,
      ),
      'reason',
      'type',
    ],
  }),
];
