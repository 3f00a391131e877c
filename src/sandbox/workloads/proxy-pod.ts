import { pathOf, sendText } from '../apps/replies.ts';
import { serveApp } from '../apps/serve-app.ts';
import type { Proxy } from '../mesh/mesh.ts';
import type { PodInstance } from './pod-instance.ts';

/** Ports of the agent beside every proxy: merged metrics, readiness, the proxy's own metrics. */
const AGENT_PORTS = { metrics: 15020, health: 15021, envoyMetrics: 15090 };

/** A proxy with its agent, which says that it is ready for as long as it is there. */
export async function withAgent(proxy: Proxy): Promise<PodInstance> {
  const { metrics, health, envoyMetrics } = AGENT_PORTS;
  const agent = await serveApp(
    (request, response) => {
      if (pathOf(request) === '/healthz/ready') sendText(response, 200, '');
      else sendText(response, 404, '404 page not found\n');
    },
    [health],
  );
  return {
    ports: new Map([
      ...proxy.inboundPorts,
      ...agent.ports,
      [metrics, proxy.metricsPort],
      [envoyMetrics, proxy.metricsPort],
    ]),
    async close(how) {
      await Promise.all([proxy.close(how), agent.close(how)]);
    },
  };
}

/** The ports of a gateway's container that are its listeners, not its agent's. */
export function listenerPorts(containerPorts: readonly number[]): number[] {
  return containerPorts.filter((port) => !Object.values(AGENT_PORTS).includes(port));
}
