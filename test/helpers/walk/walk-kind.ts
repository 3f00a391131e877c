import { resolve } from 'node:path';
import type { NetworkNamespace } from '../../../src/sandbox/traffic-faults.ts';
import type { TestSandbox } from '../start-sandbox.ts';

/** A kind of fault that the walk goes through. */
export interface WalkKind {
  readonly name: string;
  readonly file: string;
  /** Makes the sandbox what the file needs. */
  prepare(sandbox: TestSandbox): void;
  /** Follows whether the fault acts, by what the sandbox itself does; calls back when it does. Returns how to stop. */
  watch(sandbox: TestSandbox, onFault: () => void): () => void;
  /** Whether it acts now; always false of what only ever happens. */
  isIn(sandbox: TestSandbox): boolean;
  /** A sandbox serves for so long, milliseconds; absent: for as long as there are runs. */
  readonly freshAfter?: number;
}

const VIRTUAL_SERVICES = 'virtualservices.networking.istio.io';
const fixture = (name: string): string => resolve(import.meta.dirname, `../../fixtures/walk/${name}.yaml`);

const istio = (name: string, prepare: WalkKind['prepare']): WalkKind => ({
  name,
  file: fixture(name),
  prepare,
  watch: ({ store }, onFault) =>
    store.watch(VIRTUAL_SERVICES, ({ type, object }) => {
      if (type !== 'DELETED' && hasFault(object['spec'])) onFault();
    }),
  isIn: ({ store }) => store.list(VIRTUAL_SERVICES).some((object) => hasFault(object['spec'])),
});

export const WALK_KINDS: readonly WalkKind[] = [
  istio('setup-and-delay', () => undefined),
  istio('created-abort', ({ store }) => store.remove(VIRTUAL_SERVICES, 'default', 'details')),
  {
    name: 'network-loss',
    file: fixture('network-loss'),
    prepare: () => undefined,
    watch: (sandbox, onFault) => {
      const timer = setInterval(() => {
        if (isArmed(sandbox)) onFault();
      }, 10);
      return () => clearInterval(timer);
    },
    isIn: isArmed,
    // The timer of a fault that has been destroyed ends a later one on the same pod: 51 s after it began.
    freshAfter: 15_000,
  },
  {
    name: 'pod-kill',
    file: fixture('pod-kill'),
    prepare: () => undefined,
    watch: ({ store }, onFault) =>
      store.watch('pods', ({ type, object }) => {
        if (type === 'DELETED' && object.metadata.labels?.['app'] === 'ratings') onFault();
      }),
    isIn: () => false,
  },
];

function hasFault(spec: unknown): boolean {
  const { http = [] } = (spec ?? {}) as {
    readonly http?: readonly { readonly name?: string; readonly fault?: unknown }[];
  };
  return http.some(({ name, fault }) => fault !== undefined && name?.startsWith('holdfast-') === true);
}

function isArmed({ store, network: { faults } }: TestSandbox): boolean {
  return store.list('pods').some(({ ['status']: status }) => {
    const { podIP } = (status ?? {}) as { readonly podIP?: string };
    const namespace: NetworkNamespace = { kind: 'pod', ip: podIP ?? '' };
    return podIP !== undefined && faults.interfaces(namespace).some((device) => faults.armed(namespace, device));
  });
}
