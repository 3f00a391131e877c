import { parseAllDocuments } from 'yaml';
import type { ChaosBladeVersion, SandboxOptions } from '../options.ts';
import { sessionCookie } from '../apps/bookinfo/session.ts';
import { applyDefaults } from '../api-server/defaults/defaults.ts';
import type { VersionedStore } from '../api-server/store.ts';
import type { StoredObject } from '../store.ts';
import chaosblade from './chaosblade.yaml';
import applications from './bookinfo/applications.yaml';
import networking from './bookinfo/networking.yaml';
import istioSystem from './istio-system.yaml';
import namespaces from './namespaces.yaml';

interface Scenario {
  readonly manifests: readonly string[];
  /** What the ingress must answer with a 200 before the scenario counts as up. */
  readonly ready: readonly ReadyCheck[];
}

export interface ReadyCheck {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What stands in the answer while something behind it is still missing. */
  readonly excludes: RegExp;
}

export const SCENARIOS: Readonly<Record<SandboxOptions['scenario'], Scenario>> = {
  empty: { manifests: [namespaces, istioSystem], ready: [] },
  bookinfo: {
    manifests: [namespaces, istioSystem, applications, networking],
    // jason's page goes through every proxy but that of reviews v3 and v1, everybody else's through that of v1.
    ready: [page({}), page({ cookie: sessionCookie('jason') })],
  },
};

function page(headers: ReadyCheck['headers']): ReadyCheck {
  return { path: '/productpage', headers, excludes: /Error fetching|currently unavailable/ };
}

/** Where each release's images came from. */
const CHAOSBLADE_IMAGES = {
  '0.8': { registry: 'docker.io/chaosbladeio', version: '0.8.0' },
  '1.8': { registry: 'ghcr.io/chaosblade-io', version: '1.8.0' },
} as const;

/** Creates a scenario's objects; those that exist already are left as they are, but get the manifest's labels. */
export function installScenario(
  store: VersionedStore,
  { scenario, istioMinor }: Pick<SandboxOptions, 'scenario' | 'istioMinor'>,
): void {
  // People and programs tell the version of Istio by the image of its control plane.
  const tag = `:1.${istioMinor}.0-sandbox`;
  for (const manifest of SCENARIOS[scenario].manifests) install(store, manifest.replaceAll(':sandbox', tag));
}

/** Creates what a ChaosBlade chart of this version brings: namespace, CRD, operator and tool pods. */
export function installChaosBlade(store: VersionedStore, version: ChaosBladeVersion): void {
  const images = CHAOSBLADE_IMAGES[version];
  install(store, chaosblade.replaceAll('REGISTRY', images.registry).replaceAll('VERSION', images.version));
}

function install(store: VersionedStore, manifest: string): void {
  for (const document of parseAllDocuments(manifest)) {
    const object = document.toJS() as StoredObject;
    const resource = resourceOf(object);
    // As if they had come through the API, so that a later write there does not look like a change. Services get
    // their addresses from the controller, which knows the ports of this machine.
    if (resource !== 'services') applyDefaults(store, resource, object);
    const existing = store.get(resource, object.metadata.namespace, object.metadata.name);
    if (!existing) store.create(resource, object);
    else {
      const labels = { ...existing.metadata.labels, ...object.metadata.labels };
      store.update(resource, { ...existing, metadata: { ...existing.metadata, labels } });
    }
  }
}

/** `deployments.apps` for a Deployment of `apps/v1`; every kind of the scenarios has a regular plural. */
function resourceOf({ apiVersion, kind }: StoredObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/', 1)[0]}` : '';
  return `${kind.toLowerCase()}s${group}`;
}
