import { createFlow, type Flow } from './flow.ts';
import { shakeHands } from './handshake.ts';
import type { Link } from './link.ts';
import type { WireClock } from './wire-clock.ts';

/** Both directions of a TCP connection. */
export interface Conversation {
  /** Opens it; `false` when the client has tried for too long. Gives how to call it off. */
  open(settle: (isOpen: boolean) => void): () => void;
  /** From the client to the server. */
  readonly there: Pick<Flow, 'send'>;
  /** From the server to the client. */
  readonly back: Pick<Flow, 'send'>;
  /** Nothing is armed on its way or still held up, so its bytes need not pass through here. */
  isClear(): boolean;
  /** Nothing arrives any more. */
  close(): void;
}

export interface ConversationOptions {
  readonly link: Link;
  readonly clock: WireClock;
  /** One side has sent the same data for too long. */
  readonly giveUp: () => void;
}

/** The two flows, and what each side's sender learns about round trips from the other's packets. */
export function createConversation({ link, clock, giveUp }: ConversationOptions): Conversation {
  const there = createFlow({ conditions: link.there, acknowledged: link.back, clock, giveUp });
  const back = createFlow({ conditions: link.back, acknowledged: link.there, clock, giveUp });
  // Since when the server waits for the client's first packet, when the one that ends the handshake was lost.
  let serverWaitsSince: number | undefined;
  return {
    open: (settle) =>
      shakeHands({
        there: link.there,
        back: link.back,
        clock,
        settle: (end) => {
          if (end.kind === 'timed out') return settle(false);
          there.measured(end.roundTripMs);
          if (link.there()?.isLost()) serverWaitsSince = clock.now();
          else back.measured(0);
          settle(true);
        },
      }),
    there: {
      send: (bytes, deliver) =>
        there.send(bytes, () => {
          if (serverWaitsSince !== undefined) back.measured(clock.now() - serverWaitsSince);
          serverWaitsSince = undefined;
          deliver();
        }),
    },
    back: {
      send(bytes, deliver) {
        const sentAt = clock.now();
        back.send(bytes, () => {
          // It carries the acknowledgement of what the client sent before, which was late by as much.
          const lateMs = clock.now() - sentAt;
          if (lateMs > 0) there.measured(lateMs - there.lastRepeatWithin(lateMs));
          deliver();
        });
      },
    },
    isClear: () => link.there() === undefined && link.back() === undefined && there.isIdle() && back.isIdle(),
    close() {
      there.close();
      back.close();
    },
  };
}
