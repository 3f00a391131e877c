import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiServer, ApiServerOptions } from '../../src/sandbox/api-server/server.ts';
import { startApiServer } from '../../src/sandbox/api-server/server.ts';
import { createStore } from '../../src/sandbox/api-server/store.ts';
import type { VersionedStore } from '../../src/sandbox/api-server/store.ts';
import { createNetwork } from '../../src/sandbox/wire/create-network.ts';
import type { Network } from '../../src/sandbox/network.ts';

/** A running API server with its store, its network and its kubeconfig as a file. */
export interface SandboxApi extends ApiServer {
  readonly store: VersionedStore;
  readonly network: Network;
  readonly kubeconfigPath: string;
}

/** Starts an API server with an empty store of its own. */
export async function startSandboxApi(
  options: Pick<ApiServerOptions, 'admission' | 'intervene'> & { historySize?: number } = {},
): Promise<SandboxApi> {
  const { historySize, ...rest } = options;
  const store = createStore(historySize);
  const network = createNetwork();
  const server = await startApiServer({ store, network, ...rest });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-api-'));
  const kubeconfigPath = join(folder, 'kubeconfig');
  await writeFile(kubeconfigPath, server.kubeconfig);
  const close = async (): Promise<void> => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...server, store, network, kubeconfigPath, close };
}
