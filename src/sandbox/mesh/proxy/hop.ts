import { answerLocally, type ServerName } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { Trace } from './finish.ts';
import type { LocalReply } from './local-reply.ts';
import type { ProxyContext } from './proxy-context.ts';

/** One request at one proxy: what its stations hand on to each other. */
export interface Hop {
  readonly exchange: Exchange;
  readonly trace: Trace;
  readonly context: ProxyContext;
  /** What the proxy calls itself towards whoever asks. */
  readonly server: ServerName;
}

/** Ends a request with an answer of the proxy's own. */
export function replyLocally({ exchange, trace, server }: Hop, reply: LocalReply): void {
  trace.details = reply.details;
  trace.grpcStatus = reply.grpcStatus;
  answerLocally(exchange, reply, server);
}
