import type { IncomingMessage, ServerResponse } from 'node:http';
import { clusterFor } from '../config/passthrough.ts';
import type { Proxy } from '../mesh.ts';
import type { OwnedContext } from './create-proxy-context.ts';
import { openExchange } from './exchange.ts';
import { newTrace, recordWhenDone } from './finish.ts';
import type { Hop } from './hop.ts';
import { listen, type Listener } from './listener.ts';
import type { ProxyContext } from './proxy-context.ts';
import { serveAgent } from './serve-agent.ts';
import { serveGateway } from './serve-gateway.ts';
import { serveInbound } from './serve-inbound.ts';
import { serveSidecar } from './serve-sidecar.ts';
import { createUpstreamCluster } from './upstream-cluster.ts';

/** Opens the listeners of a sidecar: one for the application's calls, one in front of each of its ports. */
export async function startSidecar(owned: OwnedContext, applicationPorts: ReadonlyMap<number, number>): Promise<Proxy> {
  const { context } = owned;
  const outbound = await listen({ serve: serving(context, OUTBOUND, serveSidecar) });
  const inward: ProxyContext = {
    ...context,
    wires: {
      ...context.wires,
      agentFor: () => owned.localAgent,
      lookup: (_ip, port) => applicationPorts.get(port),
    },
  };
  const inbound = new Map<number, Listener>();
  for (const port of applicationPorts.keys()) {
    const application = createUpstreamCluster(clusterFor({ ip: context.pod.ip, port }, `inbound|${port}||`));
    const serve: Serve = (hop) => serveInbound(hop, application, port);
    inbound.set(port, await listen({ serve: serving(inward, INBOUND, serve) }));
  }
  const agent = await listen({ serve: serveAgent(owned.stats) });
  return proxyOf(owned, agent, inbound, outbound);
}

/** Where Istio's gateways answer for their readiness. */
const STATUS_PORT = 15_021;

/** Opens the listeners of a gateway; one without configuration resets whoever connects. */
export async function startGateway(owned: OwnedContext, containerPorts: readonly number[]): Promise<Proxy> {
  const { context } = owned;
  const inbound = new Map<number, Listener>();
  for (const port of containerPorts) {
    const serve: Serve = (hop) => serveGateway(hop, port);
    const wanted = () => context.table().ports.has(port);
    const options =
      port === STATUS_PORT ? { serve: serveAgent(owned.stats) } : { serve: serving(context, GATEWAY, serve), wanted };
    inbound.set(port, await listen(options));
  }
  const agent = await listen({ serve: serveAgent(owned.stats) });
  return proxyOf(owned, agent, inbound);
}

type Serve = (hop: Hop) => Promise<void>;

/** Who counts a request at a listener, and what its answers' `server` header says. */
interface Role {
  readonly reporter: 'source' | 'destination';
  readonly server: Hop['server'];
}

const OUTBOUND: Role = { reporter: 'source', server: 'envoy' };
const INBOUND: Role = { reporter: 'destination', server: 'istio-envoy' };
const GATEWAY: Role = { reporter: 'source', server: 'istio-envoy' };

function serving(context: ProxyContext, { reporter, server }: Role, serve: Serve) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = openExchange(request, response);
    const trace = newTrace(reporter === 'source' ? context.pod : undefined);
    const hop: Hop = { exchange, trace, context, server };
    recordWhenDone(hop, reporter);
    serve(hop).catch((error: unknown) => {
      // A mistake in here must not hang the client: it sees the connection break.
      context.log?.(`proxy of ${context.pod.name} failed: ${String(error)}`);
      response.destroy();
    });
  };
}

function proxyOf(
  owned: OwnedContext,
  agent: Listener,
  inbound: ReadonlyMap<number, Listener>,
  outbound?: Listener,
): Proxy {
  const inner = [agent, ...(outbound ? [outbound] : [])];
  return {
    ...(outbound ? { outboundPort: outbound.port } : {}),
    inboundPorts: new Map([...inbound].map(([port, listener]) => [port, listener.port])),
    metricsPort: agent.port,
    close: async (how) => {
      // What drains on the way in may still need the way out.
      const closing = [...inbound.values()].map((listener) => listener.close(how));
      if (how === 'drain') await Promise.all(closing);
      await Promise.all([...closing, ...inner.map((listener) => listener.close(how))]);
      owned.close();
    },
  };
}
