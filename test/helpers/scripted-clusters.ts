import type { Cluster, Resource } from '../../src/cluster/cluster.ts';
import { connect } from '../../src/cluster/connect.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { startTestApiServer, type Reply, type TestApiServer } from './test-api-server.ts';

export const VS: Resource = {
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};
export const RATINGS = { namespace: 'default', name: 'ratings' };
export const RATINGS_VS = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: RATINGS, spec: {} };

export interface ScriptedClusters {
  serve(...args: Parameters<typeof startTestApiServer>): Promise<TestApiServer>;
  connectTo(kubeconfig: string): Promise<Cluster>;
  closeAll(): Promise<void>;
}

/** Scripted API servers and real connections to them, all closed together. */
export function createScriptedClusters(): ScriptedClusters {
  const open: { close(): Promise<void> }[] = [];
  return {
    async serve(...args) {
      const server = await startTestApiServer(...args);
      open.push(server);
      return server;
    },
    async connectTo(kubeconfig) {
      const cluster = await connect({ kubeconfig, context: 'test', env: {}, clock: systemClock });
      open.push(cluster);
      return cluster;
    },
    async closeAll() {
      for (const thing of open.splice(0).reverse()) await thing.close();
    },
  };
}

/** A refusal as the API server words it. */
export function statusReply(code: number, reason: string, message: string): Exclude<Reply, string | Function> {
  return { status: code, body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message } };
}
