import type { Intervene } from './api-server/intervention/intervene.ts';
import { startApiServer } from './api-server/server.ts';
import { createStore } from './api-server/store.ts';
import type { VersionedStore } from './api-server/store.ts';
import { istioAdmission } from './istio-validation/istio-admission.ts';
import { startBladeOperator } from './blade-operator/start-operator.ts';
import { createNetwork } from './wire/create-network.ts';
import { createMesh } from './mesh/create-mesh.ts';
import { createRandom } from './mesh/random.ts';
import type { Network } from './network.ts';
import type { SandboxOptions } from './options.ts';
import { installChaosBlade, installScenario, SCENARIOS } from './scenarios/scenario.ts';
import type { Store } from './store.ts';
import type { TrafficFaults } from './traffic-faults.ts';
import { untilReady } from './until-ready.ts';
import { startWorkloads } from './workloads/start-workloads.ts';

const POD_START_MS = 150;

/** A sandbox that is up. */
export interface Sandbox {
  readonly store: Store;
  readonly network: Network;
  /** The text of a kubeconfig that leads to its API server. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Base URL of the ingress gateway's node port. */
  readonly ingress: string;
  /** Base URL of the API server. */
  readonly apiServer: string;
  close(): Promise<void>;
}

/** Starts store, mesh, workloads and API server in this process and installs the scenario; resolves when all is ready. */
export async function startSandbox(
  options: SandboxOptions,
  parts: { readonly intervene?: Intervene } = {},
): Promise<Sandbox> {
  const store = createStore();
  const network = createNetwork({ random: createRandom(options.seed, 'wire').next });
  const serving = startApiServer({ store, network, admission: istioAdmission(options), ...parts });
  const mesh = createMesh({ store, network, options });
  const random = createRandom(options.seed, 'workloads').next;
  // What the scenario brings is running already when somebody looks; pods made later take their time.
  let isUp = false;
  const workloads = startWorkloads({ store, network, mesh, random, startUpMs: () => (isUp ? POD_START_MS : 0) });
  installScenario(store, options);
  const stopBlades = startChaosBlade(store, network.faults, options);
  const server = await serving;

  async function close(): Promise<void> {
    stopBlades();
    await server.close();
    await workloads.close();
    await mesh.close();
  }

  try {
    const ingress = await untilReady(store, SCENARIOS[options.scenario].ready);
    isUp = true;
    return {
      store,
      network,
      kubeconfig: server.kubeconfig,
      context: server.context,
      apiServer: server.url,
      ingress,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Installs ChaosBlade where it is wanted, and starts its operator. Returns how to stop. */
function startChaosBlade(
  store: VersionedStore,
  traffic: TrafficFaults,
  { chaosblade: version, seed }: SandboxOptions,
): () => void {
  if (version === 'none') return () => undefined;
  installChaosBlade(store, version);
  return startBladeOperator({ store, traffic, version, random: createRandom(seed, 'chaosblade').next });
}
