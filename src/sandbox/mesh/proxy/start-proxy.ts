import type { IncomingMessage, ServerResponse } from 'node:http';
import { clusterFor } from '../config/passthrough.ts';
import type { MeshPod, Proxy } from '../mesh.ts';
import type { OwnedContext } from './create-proxy-context.ts';
import { openExchange, type Exchange } from './exchange.ts';
import { newTrace, recordWhenDone, type Trace } from './finish.ts';
import { listen, type Listener } from './listener.ts';
import type { ProxyContext } from './proxy-context.ts';
import { serveAgent } from './serve-agent.ts';
import { serveGateway } from './serve-gateway.ts';
import { serveInbound } from './serve-inbound.ts';
import { serveOutbound } from './serve-sidecar.ts';
import { createUpstreamCluster } from './upstream-cluster.ts';

/** Opens the listeners of a sidecar: one for the application's calls, one in front of each of its ports. */
export async function startSidecar(owned: OwnedContext, applicationPorts: ReadonlyMap<number, number>): Promise<Proxy> {
  const { context } = owned;
  const outbound = await listen({ serve: serving('source', context, serveOutbound) });
  const inward: ProxyContext = {
    ...context,
    wires: { ...context.wires, lookup: (_ip, port) => applicationPorts.get(port) },
  };
  const inbound = new Map<number, Listener>();
  for (const port of applicationPorts.keys()) {
    const application = createUpstreamCluster(clusterFor({ ip: context.pod.ip, port }, `inbound|${port}||`));
    const serve: Serve = (exchange, trace) => serveInbound(exchange, trace, application, port, inward);
    inbound.set(port, await listen({ serve: serving('destination', inward, serve) }));
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
    const serve: Serve = (exchange, trace) => serveGateway(exchange, trace, port, context);
    const wanted = () => context.table().ports.has(port);
    const options =
      port === STATUS_PORT ? { serve: serveAgent(owned.stats) } : { serve: serving('source', context, serve), wanted };
    inbound.set(port, await listen(options));
  }
  const agent = await listen({ serve: serveAgent(owned.stats) });
  return proxyOf(owned, agent, inbound);
}

type Serve = (exchange: Exchange, trace: Trace, context: ProxyContext) => Promise<void>;

function serving(reporter: 'source' | 'destination', context: ProxyContext, serve: Serve) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = openExchange(request, response);
    const trace = newTrace(sourceOf(reporter, context.pod));
    recordWhenDone(exchange, trace, reporter, context.metrics, context.log);
    // A mistake in here must not hang the client: it sees the connection break.
    serve(exchange, trace, context).catch(() => response.destroy());
  };
}

function sourceOf(reporter: 'source' | 'destination', pod: MeshPod): MeshPod | undefined {
  return reporter === 'source' ? pod : undefined;
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
