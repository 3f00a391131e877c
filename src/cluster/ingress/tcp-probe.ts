import { connect } from 'node:net';
import type { Clock, Millis } from '../../model/clock.ts';

export interface TcpProbeOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly deadline: Millis;
}

/** Opens a TCP connection and closes it; resolves with why that did not work, or undefined when it did. */
export function tcpProbe(address: string, port: number, options: TcpProbeOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const socket = connect({ host: address, port });
    const end = (reason: string | undefined): void => {
      over.abort();
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(reasonOf(error)));
    options.signal.addEventListener('abort', () => end('not tried to the end'), { signal: over.signal });
    options.clock.sleep(options.deadline, over.signal).then(
      () => end(`no answer within ${options.deadline / 1000} s`),
      () => undefined,
    );
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  ETIMEDOUT: 'no answer',
};

function reasonOf(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? error.message;
}
