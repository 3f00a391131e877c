import { HoldfastError } from '../../model/errors.ts';
import { isWildcard, takesIn, withoutNamespace } from './host-match.ts';
import type { Gateway, GatewayServer, VirtualService } from './shapes.ts';

/** What requests are sent to: one server of a Gateway. */
export interface ChosenServer {
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** Host header and SNI; absent where any will do, so that the address itself serves. */
  readonly host?: string;
}

const PLAIN = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB']);

/** The server that takes the wanted host: plain HTTP before HTTPS, since it needs no certificate. */
export function chooseServer(
  gateway: Gateway,
  virtualServices: readonly VirtualService[],
  wantedHost: string | undefined,
): ChosenServer {
  const servers = (gateway.spec?.servers ?? []).filter((server) => takesWanted(server, wantedHost));
  const plain = servers.find((server) => PLAIN.has(protocolOf(server)) && server.tls?.httpsRedirect !== true);
  const server = plain ?? servers.find((each) => protocolOf(each) === 'HTTPS');
  const port = server?.port?.number;
  if (server === undefined || port === undefined) throw noServer(gateway, wantedHost);
  const scheme = server === plain ? 'http' : 'https';
  const host = wantedHost ?? concreteHost(gateway, server, virtualServices);
  return { scheme, port, ...(host !== undefined && { host }) };
}

function takesWanted(server: GatewayServer, wanted: string | undefined): boolean {
  return wanted === undefined || patterns(server).some((pattern) => takesIn(pattern, wanted));
}

/** A host that both the server and a VirtualService on this Gateway take in. */
function concreteHost(
  gateway: Gateway,
  server: GatewayServer,
  virtualServices: readonly VirtualService[],
): string | undefined {
  const own = patterns(server);
  const exact = own.find((pattern) => !isWildcard(pattern));
  if (exact !== undefined) return exact;
  const bound = virtualServices.filter((virtualService) => isBound(virtualService, gateway));
  const hosts = bound.flatMap((virtualService) => virtualService.spec?.hosts ?? []);
  const host = hosts.find((each) => !isWildcard(each) && own.some((pattern) => takesIn(pattern, each)));
  if (host !== undefined || own.includes('*')) return host;
  throw new HoldfastError('INGRESS_NOT_FOUND', {
    message: `The Gateway serves ${own.join(', ')}, and no VirtualService on it names one host.`,
    where: whereOf(gateway),
    hint: 'Set `ingress.host` to the host that users type.',
  });
}

/** `name` is the VirtualService's namespace's own, as is `./name`. */
function isBound(virtualService: VirtualService, gateway: Gateway): boolean {
  const { namespace = '', name } = gateway.metadata;
  const own = virtualService.metadata.namespace ?? '';
  return (virtualService.spec?.gateways ?? []).some((reference) => {
    const [first = '', second] = reference.split('/');
    const [inNamespace, called] = second === undefined ? [own, first] : [first === '.' ? own : first, second];
    return inNamespace === namespace && called === name;
  });
}

function patterns(server: GatewayServer): readonly string[] {
  return (server.hosts ?? []).map(withoutNamespace);
}

function protocolOf(server: GatewayServer): string {
  return (server.port?.protocol ?? '').toUpperCase();
}

function noServer(gateway: Gateway, wantedHost: string | undefined): HoldfastError {
  const forHost = wantedHost === undefined ? '' : ` for ${wantedHost}`;
  return new HoldfastError('INGRESS_NOT_FOUND', {
    message: `The Gateway has no HTTP or HTTPS server${forHost}.`,
    where: whereOf(gateway),
    hint: 'Correct `ingress.host`, name another Gateway as `ingress.gateway`, or set `ingress.url`.',
  });
}

function whereOf(gateway: Gateway): string {
  return `Gateway ${gateway.metadata.namespace ?? ''}/${gateway.metadata.name}`;
}
