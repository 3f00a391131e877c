import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Address, Network } from '../network.ts';
import { NODES } from './node-list.ts';

/** Where a connection goes: a pod's port, or undefined when none is ready. */
type Backend = () => Address | undefined;

/** Node ports that really listen, forwarding bytes to a ready pod. */
export interface NodePorts {
  /** Opens one for a service port, the wanted one if it is free; asked again it answers the port it has open. */
  open(service: string, port: number, wanted: number | undefined, backend: Backend): Promise<number>;
  /** Closes those of a service, or all. */
  closeAll(service?: string): void;
}

interface OpenPort {
  readonly service: string;
  readonly nodePort: number;
  close(): void;
}

const FIRST = 30_000;
const COUNT = 2768;

export function createNodePorts(network: Pick<Network, 'connect'>, random: () => number): NodePorts {
  const open = new Map<string, OpenPort>();

  function close(key: string): void {
    open.get(key)?.close();
    open.delete(key);
  }

  return {
    async open(service, port, wanted, backend) {
      const key = `${service}:${port}`;
      const existing = open.get(key);
      if (existing && (wanted === undefined || wanted === existing.nodePort)) return existing.nodePort;
      close(key);
      const opened = await openAnywhere(candidates(wanted, random), network, backend);
      open.set(key, { service, ...opened });
      return opened.nodePort;
    },
    closeAll(service) {
      for (const [key, port] of open) if (service === undefined || port.service === service) close(key);
    },
  };
}

/**
 * The wanted port, or the first free one from a random start: other sandboxes and programs have ports in the range too,
 * and a port that answers is worth more than the number asked for.
 */
async function openAnywhere(
  ports: Iterable<number>,
  network: Pick<Network, 'connect'>,
  backend: Backend,
): Promise<Omit<OpenPort, 'service'>> {
  for (const nodePort of ports) {
    const sockets = new Set<Socket>();
    const servers = await listenOnNodes(nodePort, (client, node) => {
      const pod = backend();
      if (pod === undefined) return reject(client);
      const { remoteAddress: ip = '', remotePort: port = 0 } = client;
      const caller = { kind: 'outside', node, nodePort, client: { ip, port } } as const;
      forward(client, network.connect(caller, pod, { allowHalfOpen: true }), sockets);
    });
    if (servers) {
      return {
        nodePort,
        close() {
          for (const server of servers) server.close();
          for (const socket of sockets) socket.resetAndDestroy();
        },
      };
    }
  }
  throw new Error('no node port is free between 30000 and 32767');
}

function* candidates(wanted: number | undefined, random: () => number): Generator<number> {
  if (wanted !== undefined) yield wanted;
  const start = Math.floor(random() * COUNT);
  for (let step = 0; step < COUNT; step += 1) yield FIRST + ((start + step) % COUNT);
}

/** The port on every node's address; undefined when it is taken. Only Linux has all of 127/8, so later nodes may be left out. */
async function listenOnNodes(
  port: number,
  onSocket: (socket: Socket, node: string) => void,
): Promise<Server[] | undefined> {
  const servers: Server[] = [];
  for (const { address, name } of NODES) {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => onSocket(socket, name));
    const code = await listen(server, port, address);
    if (code === undefined) servers.push(server);
    else if (code !== 'EADDRNOTAVAIL' || servers.length === 0) {
      for (const other of servers) other.close();
      return undefined;
    }
  }
  return servers;
}

function listen(server: Server, port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EUNKNOWN'));
    server.listen(port, host, () => resolve(undefined));
  });
}

function reject(client: Socket): void {
  client.on('error', () => undefined);
  client.resetAndDestroy();
}

function forward(client: Socket, upstream: Socket, sockets: Set<Socket>): void {
  for (const [socket, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(socket);
    // A reset on one side is a reset on the other.
    socket.on('error', () => reset(other));
    socket.on('close', () => {
      sockets.delete(socket);
      if (!other.destroyed && socket.errored) reset(other);
      else other.end();
    });
    socket.pipe(other);
  }
}

/** Node would reset a connection that is still being opened only once it is open. */
function reset(socket: Socket): void {
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
