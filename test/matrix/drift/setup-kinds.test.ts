import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DriverContext } from '../../../src/faults/driver.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { createSetupDriver } from '../../../src/undo/setup-driver.ts';
import { SETUP_KINDS } from '../../../src/undo/setup-kinds.ts';
import { handsOn, type Hands, manifestOf } from '../../helpers/drift/hands.ts';
import { markedObjects } from '../../helpers/crash/snapshot.ts';
import { sandboxContext } from '../../helpers/sandbox-context.ts';
import { startTestSandbox, type TestSandbox } from '../../helpers/start-sandbox.ts';

type Body = Readonly<Record<string, unknown>>;
const pods = { matchLabels: { app: 'drift' } };
const template = { metadata: { labels: { app: 'drift' } }, spec: { containers: [{ name: 'a', image: 'a' }] } };
const workload = (change: Body): Body => ({ spec: { replicas: 0, selector: pods, template, ...change } });
const rule = (from: string): Body => ({
  spec: { http: [{ route: [{ destination: { host: from } }] }], hosts: ['drift.example'] },
});
const server = (host: string): Body => ({
  spec: { selector: { a: 'b' }, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [host] }] },
});

/** Of the kinds that a setup may hold and the sandbox serves: what is there, and what the setup makes of it. */
const KINDS: Readonly<Record<string, readonly [api: string, before: Body, wanted: Body]>> = {
  VirtualService: ['networking.istio.io/v1', rule('a'), rule('b')],
  DestinationRule: [
    'networking.istio.io/v1',
    { spec: { host: 'drift.example' } },
    { spec: { host: 'drift.example', subsets: [{ name: 'v1', labels: { version: 'v1' } }] } },
  ],
  Gateway: ['networking.istio.io/v1', server('a.example'), server('b.example')],
  Deployment: ['apps/v1', workload({}), workload({ minReadySeconds: 5 })],
  Service: [
    'v1',
    { spec: { selector: { app: 'drift' }, ports: [{ port: 80 }] } },
    { spec: { selector: { app: 'other' }, ports: [{ port: 80 }] } },
  ],
  ConfigMap: ['v1', { data: { a: '1' } }, { data: { a: '2' } }],
  ServiceAccount: ['v1', {}, { automountServiceAccountToken: false }],
};

type Act = (hands: Hands, before: KubernetesObject | undefined) => Promise<void>;
const label = (object: { metadata: { labels?: Record<string, string> } }): void => {
  object.metadata.labels = { ...object.metadata.labels, team: 'blue' };
};
const strip = (fields: readonly ('labels' | 'annotations')[]): Act => {
  const ours = ([key]: [string, string]): boolean => key.startsWith('holdfast.dev/');
  return (hands) =>
    hands.put('cleaner', ({ metadata }) => {
      for (const field of fields) {
        metadata[field] = Object.fromEntries(Object.entries(metadata[field] ?? {}).filter((it) => !ours(it)));
      }
    });
};
const ACTIONS: Readonly<Record<string, Act>> = {
  labelled: (hands) => hands.put('kubectl-label', label),
  deleted: (hands) => hands.remove(),
  'deleted and created anew': async (hands) => {
    const now = hands.get();
    if (now === undefined) return;
    const manifest = manifestOf(now);
    delete manifest.metadata.labels;
    delete manifest.metadata.annotations;
    label(manifest);
    await hands.remove();
    await hands.post('kubectl-create', manifest);
  },
  'stripped of its label': strip(['labels']),
  'stripped of its record': strip(['annotations']),
  'stripped of label and record': strip(['labels', 'annotations']),
};

let sandbox: TestSandbox;
let context: DriverContext;
let runs = 0;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  context = await sandboxContext(sandbox);
});
afterAll(async () => {
  await context.cluster.close();
  await sandbox.close();
});

const cases = SETUP_KINDS.filter(({ kind }) => kind in KINDS).flatMap(({ group, kind, plural }) =>
  ['edited', 'created'].flatMap((how) => Object.keys(ACTIONS).map((action) => ({ group, kind, plural, how, action }))),
);

describe('an object of a setup that somebody changes', () => {
  it.each(cases)('$kind, $how: $action', { timeout: 30_000 }, async ({ group, kind, plural, how, action }) => {
    runs += 1;
    const [apiVersion, before, wanted] = KINDS[kind] as (typeof KINDS)[string];
    const name = `drift-${runs}`;
    const at = group === '' ? '/api/v1' : `/apis/${apiVersion}`;
    const resource = group === '' ? plural : `${plural}.${group}`;
    const place = { resource, path: `${at}/namespaces/default/${plural}`, namespace: 'default' };
    const hands = await handsOn(sandbox, place, () => name);
    const manifest = (body: Body): KubernetesObject => ({
      apiVersion,
      kind,
      metadata: { name, namespace: 'default' },
      ...body,
    });
    if (how === 'edited') await hands.post('owner', manifest(before) as never);
    const original = hands.get() && contentOf(hands.get());
    const run = `20261121-000000-${String(runs).padStart(4, '0')}`;
    const driver = createSetupDriver();
    const prepared = await driver.prepare(run, [{ file: 's.yaml', objects: [manifest(wanted)] }], 'default', context);
    expect(prepared.findings).toEqual([]);
    const [handle] = prepared.handles;
    if (handle === undefined) throw new Error('no handle');
    await driver.apply(prepared, handle, context);
    await ACTIONS[action]?.(hands, undefined);
    const theirs = hands.get() && contentOf(hands.get());
    const { drift } = await driver.undo(handle, context);
    await hands.kubectl?.close();
    expect(drift).toHaveLength(1);
    expect(drift[0]?.diff).toContain('--- ');
    // The Deployment controller copies annotations to ReplicaSets and never takes them away there.
    expect(markedObjects(sandbox).filter((it) => !it.startsWith('replicasets.'))).toEqual([]);
    const end = hands.get();
    if (action === 'deleted') expect(end).toBeUndefined();
    else if (action === 'deleted and created anew') expect(contentOf(end)).toEqual(theirs);
    else if (action === 'labelled' && how === 'created') expect(end?.metadata.labels).toEqual({ team: 'blue' });
    else if (how === 'created') expect(end).toBeUndefined();
    else expect(contentOf(end)).toEqual({ ...original, labels: action === 'labelled' ? { team: 'blue' } : {} });
    if (end !== undefined) await hands.remove();
  });
});

function contentOf(object: ReturnType<Hands['get']>): Record<string, unknown> {
  if (object === undefined) return {};
  const { metadata, status: _status, ...body } = structuredClone(object);
  return { ...body, labels: metadata.labels ?? {} };
}
