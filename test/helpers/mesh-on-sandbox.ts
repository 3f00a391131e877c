import { expect } from 'vitest';
import type { DriverContext } from '../../src/faults/driver.ts';
import type { StoredObject } from '../../src/sandbox/store.ts';
import { callApi } from './api-request.ts';
import { customKind } from './custom-kind.ts';
import { sandboxContext } from './sandbox-context.ts';
import { startTestSandbox, type TestSandbox } from './start-sandbox.ts';
import { until } from './until.ts';

type Json = Readonly<Record<string, unknown>>;

/** Bookinfo on a sandbox that also serves Sidecars, PeerAuthentications and Canaries, and has clients without sidecars. */
export interface MeshOnSandbox {
  readonly sandbox: TestSandbox;
  readonly context: DriverContext;
  /** An object as it is now, by its kind and place. */
  get(kind: string, name: string, namespace?: string): StoredObject;
  /** Creates or replaces objects until `restore`. */
  put(...objects: readonly StoredObject[]): void;
  /** Takes objects away until `restore`. */
  drop(object: StoredObject): void;
  restore(): void;
  close(): Promise<void>;
}

const GROUPS: Readonly<Record<string, string>> = {
  VirtualService: '.networking.istio.io',
  DestinationRule: '.networking.istio.io',
  Gateway: '.networking.istio.io',
  Sidecar: '.networking.istio.io',
  PeerAuthentication: '.security.istio.io',
  Canary: '.flagger.app',
  Deployment: '.apps',
  ValidatingWebhookConfiguration: '.admissionregistration.k8s.io',
};
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export async function startMeshOnSandbox(): Promise<MeshOnSandbox> {
  const sandbox = await startTestSandbox();
  const { store } = sandbox;
  for (const [group, kind, plural] of [
    ['networking.istio.io', 'Sidecar', 'sidecars'],
    ['security.istio.io', 'PeerAuthentication', 'peerauthentications'],
    ['flagger.app', 'Canary', 'canaries'],
  ] as const) {
    const created = await callApi(sandbox.api, CRDS, { body: customKind(group, kind, plural) });
    expect(created.status, created.text).toBe(201);
  }
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bare' } });
  for (const client of [
    clientIn('bare', 'sleep'),
    clientIn('default', 'mixed'),
    clientIn('default', 'mixed-out', { 'sidecar.istio.io/inject': 'false' }),
  ]) {
    store.create('deployments.apps', client);
  }
  await until('the clients run', () => {
    const pods = store.list('pods').filter(({ metadata }) => metadata.labels?.['app'] === 'client');
    return pods.filter((pod) => (pod['status'] as { phase?: string } | undefined)?.phase === 'Running').length === 3;
  });
  const context = await sandboxContext(sandbox);
  const undo: (() => void)[] = [];
  return {
    sandbox,
    context,
    get(kind, name, namespace = 'default') {
      const found = store.get(resourceOf(kind), isCluster(kind) ? undefined : namespace, name);
      if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
      return found;
    },
    put(...objects) {
      for (const object of objects) undo.push(write(sandbox, object));
    },
    drop({ kind, metadata }) {
      const before = store.get(resourceOf(kind), metadata.namespace, metadata.name);
      store.remove(resourceOf(kind), metadata.namespace, metadata.name);
      if (before !== undefined) undo.push(() => void store.create(resourceOf(kind), anew(before)));
    },
    restore() {
      for (const back of undo.splice(0).reverse()) back();
    },
    async close() {
      await context.cluster.close();
      await sandbox.close();
    },
  };
}

/** An object of `default` unless its metadata say otherwise. */
export function meshObject(
  apiVersion: string,
  kind: string,
  name: string,
  spec: Json,
  metadata: Json = {},
): StoredObject {
  return { apiVersion, kind, metadata: { name, namespace: 'default', ...metadata }, spec };
}

/** Writes one object and gives what puts it back. */
function write({ store }: TestSandbox, object: StoredObject): () => void {
  const resource = resourceOf(object.kind);
  const { namespace, name } = object.metadata;
  const before = store.get(resource, namespace, name);
  if (before === undefined) {
    store.create(resource, object);
    return () => store.remove(resource, namespace, name);
  }
  const { resourceVersion: _old, ...metadata } = before.metadata;
  store.update(resource, { ...object, metadata: { ...metadata, ...object.metadata, resourceVersion: undefined } });
  return () => void store.update(resource, { ...before, metadata });
}

function anew(object: StoredObject): StoredObject {
  const { name, namespace, labels, annotations } = object.metadata;
  return { ...object, metadata: { name, namespace, labels, annotations } };
}

function isCluster(kind: string): boolean {
  return kind === 'Namespace' || kind === 'ValidatingWebhookConfiguration';
}

function resourceOf(kind: string): string {
  const plural = kind === 'Canary' ? 'canaries' : `${kind.toLowerCase()}s`;
  return `${plural}${GROUPS[kind] ?? ''}`;
}

function clientIn(namespace: string, name: string, labels: Readonly<Record<string, string>> = {}): StoredObject {
  const own = { app: 'client', name };
  const containers = [{ name: 'sleep', image: 'curlimages/curl' }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: own },
      template: { metadata: { labels: { ...own, ...labels } }, spec: { containers } },
    },
  };
}
