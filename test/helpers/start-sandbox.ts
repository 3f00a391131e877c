import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Intervene } from '../../src/sandbox/api-server/intervention/intervene.ts';
import type { Network } from '../../src/sandbox/network.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import type { Store } from '../../src/sandbox/store.ts';

export interface TestSandbox {
  readonly kubeconfigPath: string;
  readonly context: string;
  readonly ingressUrl: string;
  /** For `callApi`. */
  readonly api: { readonly url: string; readonly kubeconfig: string };
  readonly store: Store;
  readonly network: Network;
  close(): Promise<void>;
}

/** A sandbox in the test's own process; by default Bookinfo on Istio 1.24 with seed 1 and 20 ms of propagation. */
export async function startTestSandbox(
  given: Partial<SandboxOptions> & { readonly intervene?: Intervene } = {},
): Promise<TestSandbox> {
  const { intervene, ...options } = given;
  const { scenario = 'bookinfo' } = options;
  const chaosblade = scenario === 'bookinfo' ? '1.8' : 'none';
  const all = { istioMinor: 24, seed: 1, propagationMs: 20, scenario, chaosblade, ...options } as const;
  const sandbox = await startSandbox(all, { intervene });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  const kubeconfigPath = join(folder, 'kubeconfig');
  await writeFile(kubeconfigPath, sandbox.kubeconfig, { mode: 0o600 });
  const { context, ingress, store, network } = sandbox;
  return {
    kubeconfigPath,
    context,
    ingressUrl: ingress,
    api: { url: sandbox.apiServer, kubeconfig: sandbox.kubeconfig },
    store,
    network,
    async close() {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
