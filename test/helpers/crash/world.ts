import { resolve } from 'node:path';
import type { Intervene } from '../../../src/sandbox/api-server/intervention/intervene.ts';
import type { SandboxOptions } from '../../../src/sandbox/options.ts';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import { startTestSandbox, type TestSandbox } from '../start-sandbox.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

const VIRTUAL_SERVICES = 'virtualservices.networking.istio.io';

/** The folder of the experiments that are killed. */
export const crashFixtures = resolve(import.meta.dirname, '../../fixtures/crash');

/** The experiments there: a kind of fault each, and a suite of three with a worker each. */
export const KINDS = [
  'istio-delay',
  'istio-abort',
  'istio-create',
  'istio-gateway',
  'istio-delegate',
  'two-faults',
  'setup',
  'blade-loss',
  'blade-pod-delete',
  'pod-kill',
  'suite',
] as const;

/** A sandbox in which runners are killed. */
export interface CrashWorld {
  readonly sandbox: TestSandbox;
  /** Flags that name it. */
  readonly flags: readonly string[];
  /** As it was before any run. */
  readonly original: Snapshot;
  /** Shows each request that a runner sends from now on to this hook, or to none. */
  interveneWith(intervene: Intervene | undefined): void;
}

/** Bookinfo, with ratings governed by no VirtualService and reviews by one that delegates. */
export async function startCrashWorld(options: Partial<SandboxOptions> = {}): Promise<CrashWorld> {
  let hook: Intervene | undefined;
  const intervene: Intervene = (request) => (request.userAgent.startsWith('holdfast') ? hook?.(request) : undefined);
  const sandbox = await startTestSandbox({ ...options, intervene });
  const { store } = sandbox;
  store.remove(VIRTUAL_SERVICES, 'default', 'ratings');
  const reviews = store.get(VIRTUAL_SERVICES, 'default', 'reviews') as StoredObject;
  const { http } = reviews['spec'] as { readonly http: unknown };
  store.create(VIRTUAL_SERVICES, {
    apiVersion: reviews.apiVersion,
    kind: reviews.kind,
    metadata: {
      name: 'reviews-routes',
      namespace: 'default',
      labels: { team: 'reviews' },
      annotations: { note: 'kept' },
    },
    spec: { http },
  });
  const delegate = { name: 'reviews-routes', namespace: 'default' };
  store.update(VIRTUAL_SERVICES, { ...reviews, spec: { hosts: ['reviews'], http: [{ delegate }] } });
  return {
    sandbox,
    flags: ['--kubeconfig', sandbox.kubeconfigPath, '--context', sandbox.context],
    original: takeSnapshot(sandbox),
    interveneWith: (next) => void (hook = next),
  };
}
