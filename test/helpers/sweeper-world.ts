import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { StoredObject } from '../../src/sandbox/store.ts';
import { callApi } from './api-request.ts';
import { type Ended, startCommandLine } from './command-line.ts';
import { type CrashWorld, startCrashWorld } from './crash/world.ts';
import { less, type Manifest, replaceRole, rightsOf } from './rights-world.ts';
import { tempFolder } from './temp-folder.ts';
import { until } from './until.ts';

const PLACES: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/holdfast/serviceaccounts',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  CronJob: '/apis/batch/v1/namespaces/holdfast/cronjobs',
};
const preload = resolve(import.meta.dirname, 'in-pod.mjs');

interface CronJob extends Manifest {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: {
        readonly template: { readonly spec: { readonly containers: readonly [{ args: readonly string[] }] } };
      };
    };
  };
}

/** A sandbox in which `deploy/sweeper.yaml` was applied. */
export interface SweeperWorld extends CrashWorld {
  /** All rights of the manifest, `verb resource`. */
  readonly granted: readonly string[];
  /** Takes one right away, and gives back the one taken before. */
  without(right: string): Promise<void>;
  giveBack(): Promise<void>;
  /** Runs the container's command of the CronJob as its service account, as if in a pod on another host. */
  sweep(...more: readonly string[]): Promise<Ended>;
}

/** Applies the manifest as kubectl would; nothing of it is started by the sandbox. */
export async function startSweeperWorld(): Promise<SweeperWorld> {
  const world = await startCrashWorld();
  const { sandbox } = world;
  const text = readFileSync(resolve(import.meta.dirname, '../../deploy/sweeper.yaml'), 'utf8');
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  for (const object of objects) {
    const place = `${PLACES[object.kind] ?? ''}?fieldValidation=Strict`;
    const created = await callApi(sandbox.api, place, { body: object });
    expect(created.status, created.text).toBe(201);
  }
  const role = objects.find((it) => it.kind === 'ClusterRole') as Manifest;
  const job = objects.find((it) => it.kind === 'CronJob') as CronJob;
  const { args } = job.spec.jobTemplate.spec.template.spec.containers[0];
  const { rules = [] } = role;
  return {
    ...world,
    granted: rules.flatMap(rightsOf),
    without: async (right) => {
      const [verb = '', resource = ''] = right.split(' ');
      await replaceRole(sandbox, role, less(rules, verb, resource));
    },
    giveBack: () => replaceRole(sandbox, role, rules),
    sweep: async (...more) => (await startCommandLine([...args, ...more], await podOf(world))).ended,
  };
}

/** The environment of a pod of the CronJob. */
async function podOf({ sandbox: { api } }: CrashWorld): Promise<NodeJS.ProcessEnv> {
  const issued = await callApi(api, `${PLACES['ServiceAccount']}/holdfast-sweeper/token`, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' },
  });
  const { token } = issued.json['status'] as { readonly token: string };
  const config = parse(api.kubeconfig) as { clusters: [{ cluster: { 'certificate-authority-data': string } }] };
  const authority = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64');
  const { hostname, port } = new URL(api.url);
  return {
    NODE_OPTIONS: `--import ${preload}`,
    HOLDFAST_TEST_SERVICE_ACCOUNT: tempFolder({ token, 'ca.crt': authority }),
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    KUBECONFIG: '',
    HOME: '/nonexistent',
  };
}

/** Everything that runs have put into a sandbox: marked objects and locks. */
export function marksIn({ store }: CrashWorld['sandbox']): readonly (readonly [string, StoredObject])[] {
  const kinds = ['virtualservices.networking.istio.io', 'chaosblades.chaosblade.io', 'leases.coordination.k8s.io'];
  return kinds.flatMap((kind) =>
    store
      .list(kind)
      .filter(({ metadata }) => metadata.labels?.['holdfast.dev/run'] !== undefined)
      .map((object) => [kind, object] as const),
  );
}

/** Puts marked objects back as they were, as if nobody had ever taken them away; ChaosBlade's faults bite again. */
export async function leaveAgain({ store }: CrashWorld['sandbox'], marks: ReturnType<typeof marksIn>): Promise<void> {
  for (const [kind, { status: _status, ...object }] of marks) {
    const { name, namespace } = object.metadata;
    const { resourceVersion: _version, deletionTimestamp: _deleted, uid: _uid, ...metadata } = object.metadata;
    const again = structuredClone({ ...object, metadata });
    if (store.get(kind, namespace, name) === undefined) store.create(kind, again);
    else store.update(kind, again);
    if (kind.startsWith('chaosblades')) await until(`${name} to run`, () => phaseOf(store.get(kind, namespace, name)));
  }
}

function phaseOf(blade: StoredObject | undefined): boolean {
  return (blade?.['status'] as { readonly phase?: string } | undefined)?.phase === 'Running';
}

/** Sets the time at which the API server saw the last write, and for locks what their holder wrote, so many seconds back. */
export function age(
  { store }: CrashWorld['sandbox'],
  marks: ReturnType<typeof marksIn>,
  seconds: number,
  skew = 0,
): void {
  const seen = new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z');
  const written = new Date(Date.now() - (seconds + skew) * 1000).toISOString().replace('Z', '000Z');
  for (const [kind, { metadata }] of marks) {
    const now = structuredClone(store.get(kind, metadata.namespace, metadata.name));
    if (now === undefined) continue;
    const entries = (now.metadata['managedFields'] ?? []) as { time?: string }[];
    for (const entry of entries) entry.time = seen;
    now.metadata['managedFields'] = entries;
    if (kind.startsWith('leases')) now['spec'] = { ...(now['spec'] as object), renewTime: written };
    store.update(kind, now);
  }
}
