import type { Fault } from '../config/route-table.ts';
import { ALWAYS } from '../config/share.ts';
import type { Random } from '../random.ts';
import type { Exchange } from './exchange.ts';
import { abortReply, type LocalReply } from './local-reply.ts';
import { wait } from './wait.ts';

/**
 * Envoy's fault filter: rolls and serves the delay, then rolls the abort. Gives the reply of an abort, else undefined.
 * A client that leaves ends the delay; the caller sees that at `exchange.gone`.
 */
export async function injectFault(fault: Fault, exchange: Exchange, random: Random): Promise<LocalReply | undefined> {
  if (fault.delay && hits(fault.delay.share, random)) {
    exchange.flags.add('DI');
    if (!(await wait(fault.delay.delayMs, exchange.gone))) return undefined;
  }
  if (!fault.abort || !hits(fault.abort.share, random)) return undefined;
  return abortReply(fault.abort.httpStatus ?? 200, fault.abort.grpcStatus);
}

/** One independent roll. */
export function hits(share: number, random: Random): boolean {
  return random.below(ALWAYS) < share;
}
