import type { StoredObject } from '../../store.ts';
import { isObject, listAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { VersionedStore } from '../store.ts';
import { defaultService } from './service.ts';

/** Fills in what the API server fills in when a built-in object leaves it open. Changes the object. */
export function applyDefaults(store: VersionedStore, resource: string, object: StoredObject, old?: StoredObject): void {
  switch (resource) {
    case 'namespaces':
      object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
      object['spec'] ??= { finalizers: ['kubernetes'] };
      break;
    case 'services':
      defaultService(store, object, old);
      break;
    case 'secrets':
      defaultSecret(object);
      break;
    case 'pods':
      defaultPodSpec(objectIn(object, 'spec'));
      break;
    case 'deployments.apps':
      defaultDeployment(objectIn(object, 'spec'));
      break;
    case 'daemonsets.apps':
      defaultPodSpec(objectIn(objectIn(objectIn(object, 'spec'), 'template'), 'spec'));
      break;
    case 'replicasets.apps':
      fill(objectIn(object, 'spec'), { replicas: 1 });
      defaultPodSpec(objectIn(objectIn(objectIn(object, 'spec'), 'template'), 'spec'));
      break;
    default:
  }
}

function defaultDeployment(spec: JsonObject): void {
  fill(spec, {
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
  defaultPodSpec(objectIn(objectIn(spec, 'template'), 'spec'));
}

function defaultPodSpec(spec: JsonObject): void {
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
  });
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) {
    const image = typeof container['image'] === 'string' ? container['image'] : '';
    const latest = image.endsWith(':latest') || !/:[^/]+$/.test(image);
    fill(container, {
      resources: {},
      imagePullPolicy: latest ? 'Always' : 'IfNotPresent',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    });
    for (const port of listAt(container, 'ports')) fill(port, { protocol: 'TCP' });
  }
}

function defaultSecret(object: StoredObject): void {
  object['type'] ??= 'Opaque';
  const plain = object['stringData'];
  if (!isObject(plain)) return;
  const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
  object['data'] = { ...(isObject(object['data']) ? object['data'] : {}), ...Object.fromEntries(encoded) };
  delete object['stringData'];
}

function fill(target: JsonObject, defaults: JsonObject): void {
  for (const [field, value] of Object.entries(defaults)) target[field] ??= value;
}

/** The object at a field; one that is missing is not put in, so what is set in it then goes nowhere. */
function objectIn(parent: JsonObject, field: string): JsonObject {
  const inner = parent[field];
  return isObject(inner) ? inner : {};
}
