import { setMaxListeners } from 'node:events';
import type { Clock, Millis } from '../model/clock.ts';
import { HoldfastError } from '../model/errors.ts';
import type { IngressSpec } from '../model/experiment.ts';
import type { Cluster } from './cluster.ts';
import type { Ingress } from './ingress.ts';
import { candidates, type Candidate } from './ingress/candidates.ts';
import { chooseServer, type ChosenServer } from './ingress/choose-server.ts';
import { listenerPort } from './ingress/exposed-port.ts';
import { findGateway } from './ingress/find-gateway.ts';
import { readGatewayWorkload, type GatewayWorkload } from './ingress/gateway-workload.ts';
import { ingressFromUrl } from './ingress/ingress-from-url.ts';
import { tcpProbe } from './ingress/tcp-probe.ts';

export interface DiscoverOptions {
  readonly cluster: Cluster;
  readonly ingress: IngressSpec;
  /** The experiment's namespace: where a Gateway that is not named is looked for. */
  readonly namespace: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

const PROBE_DEADLINE: Millis = 2_000;

/**
 * Finds out where users' requests enter the mesh. Every address is tried by TCP before it is used; the first reachable
 * one in the order of preference is taken. Throws `INGRESS_NOT_FOUND` when nothing gives an address, and
 * `INGRESS_UNREACHABLE`, with every address tried, when none answers.
 */
export async function discoverIngress(options: DiscoverOptions): Promise<Ingress> {
  const { cluster, ingress, namespace, signal } = options;
  if (ingress.url !== undefined) return fromUrl(options, ingress.url);
  const gateway = await findGateway(options);
  const virtualServices = await cluster.resource('networking.istio.io', 'virtualservices', { signal });
  const routes = virtualServices === undefined ? [] : await cluster.list(virtualServices, { namespace, signal });
  const server = chooseServer(gateway, routes, ingress.host);
  const workload = await readGatewayWorkload(cluster, gateway, signal);
  const found = candidates(server.port, workload.pods, workload.services, workload.nodes);

  const notes = [...workload.notes, ...found.notes];
  const reached = await firstReachable(options, found.addresses, notes);
  if (reached === undefined) return forward(options, server, workload, notes);
  const { address, port, how } = reached;
  return { ...endpoint(server, address, port), how: sentence(how, notes) };
}

async function fromUrl(options: DiscoverOptions, url: string): Promise<Ingress> {
  const given = ingressFromUrl(url, options.ingress.host);
  const notes: string[] = [];
  if ((await firstReachable(options, [given], notes)) !== undefined) return given;
  throw unreachable(notes, 'Correct `ingress.url`, or start what leads there (a tunnel, a port-forward).');
}

/** All are tried at once; what failed before the one that is taken is noted. */
async function firstReachable(
  { clock, signal }: DiscoverOptions,
  addresses: readonly Candidate[],
  notes: string[],
): Promise<Candidate | undefined> {
  signal.throwIfAborted();
  const enough = new AbortController();
  setMaxListeners(0, enough.signal);
  const stop = (): void => enough.abort();
  signal.addEventListener('abort', stop, { signal: enough.signal });
  try {
    const attempts = addresses.map(({ address, port }) =>
      tcpProbe(address, port, { clock, signal: enough.signal, deadline: PROBE_DEADLINE }),
    );
    for (const [index, candidate] of addresses.entries()) {
      const failure = await attempts[index];
      signal.throwIfAborted();
      if (failure === undefined) return candidate;
      notes.push(`${candidate.how} at ${authority(candidate.address, candidate.port)}: ${failure}`);
    }
    return undefined;
  } finally {
    stop();
  }
}

/** The last resort: through the API server to a gateway pod. */
async function forward(
  { cluster, signal }: DiscoverOptions,
  server: ChosenServer,
  { pods, services }: GatewayWorkload,
  notes: string[],
): Promise<Ingress> {
  const target = listenerPort(services, pods, server.port);
  for (const { metadata } of pods) {
    const pod = { namespace: metadata.namespace ?? '', name: metadata.name };
    const how = `port-forward to Pod ${pod.namespace}/${pod.name}, port ${target}`;
    try {
      const { host, port, close } = await cluster.portForward(pod, target, { signal });
      return { ...endpoint(server, host, port), how: sentence(how, notes), close };
    } catch (error) {
      signal.throwIfAborted();
      notes.push(`${how}: ${(error instanceof Error ? error.message : String(error)).replace(/\.+$/, '')}`);
    }
  }
  throw unreachable(notes, 'Set `ingress.url` to an address that leads to the gateway from here.');
}

function endpoint(server: ChosenServer, address: string, port: number): Omit<Ingress, 'how' | 'close'> {
  const { scheme } = server;
  const isDefault = port === (scheme === 'http' ? 80 : 443);
  const host = server.host ?? (isDefault ? authority(address) : authority(address, port));
  return { scheme, address, port, host };
}

function authority(address: string, port?: number): string {
  const bracketed = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? bracketed : `${bracketed}:${port}`;
}

function sentence(how: string, notes: readonly string[]): string {
  return notes.length === 0 ? how : `${how} (${notes.join('; ')})`;
}

function unreachable(notes: readonly string[], hint: string): HoldfastError {
  return new HoldfastError('INGRESS_UNREACHABLE', {
    message: `No address of the ingress answers. Tried: ${notes.join('; ')}.`,
    where: 'ingress',
    hint,
  });
}
