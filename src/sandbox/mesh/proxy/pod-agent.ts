import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import type { Address, ConnectOptions } from '../../network.ts';

/** What a request through a PodAgent must carry beside Node's own options, which name the pool. */
export interface ToPod {
  readonly pod: Address;
}

type Connect = (pod: Address, options: ConnectOptions) => Socket;

/** Node's connection pool over the sandbox's wires. */
export class PodAgent extends Agent {
  readonly #connect: Connect;

  constructor(options: AgentOptions, connect: Connect) {
    super(options);
    this.#connect = connect;
  }

  override createConnection(options: ClientRequestArgs & Partial<ToPod>): Socket {
    const { pod, timeout } = options;
    if (pod === undefined) throw new Error('a request between pods names the pod it goes to');
    return this.#connect(pod, timeout === undefined ? {} : { timeout });
  }
}
