import type { Conditions } from './conditions.ts';
import { synAckTimeoutMs, synTimeoutMs, TCP } from './tcp-timing.ts';
import type { WireClock } from './wire-clock.ts';

/** How it ended: open, with what the client takes for the round trip, or tried for too long. */
export type Handshake = { readonly kind: 'open'; readonly roundTripMs: number } | { readonly kind: 'timed out' };

export interface HandshakeOptions {
  /** What packets from the client meet now; undefined when nothing is armed. */
  readonly there: () => Conditions | undefined;
  /** What packets from the server meet now. */
  readonly back: () => Conditions | undefined;
  readonly clock: WireClock;
  /** Called once. */
  readonly settle: (end: Handshake) => void;
}

/** Acts out SYN and SYN-ACK with both sides' timers until one SYN-ACK arrives. Gives how to call it off. */
export function shakeHands({ there, back, clock, settle }: HandshakeOptions): () => void {
  const pending = new Set<() => void>();
  const stop = (): void => {
    for (const cancel of pending) cancel();
    pending.clear();
  };
  const later = (ms: number, act: () => void): (() => void) => {
    const cancel = clock.after(ms, () => {
      pending.delete(cancel);
      act();
    });
    pending.add(cancel);
    return () => {
      cancel();
      pending.delete(cancel);
    };
  };
  const finish = (end: Handshake): void => {
    stop();
    settle(end);
  };
  /** Sends one packet. */
  const pass = (weather: Conditions | undefined, arrive: () => void): void => {
    if (weather?.isLost()) return;
    const delayMs = weather?.delayMs() ?? 0;
    if (delayMs > 0) later(delayMs, arrive);
    else arrive();
  };
  const now = (): number => clock.now();
  const open = (heardSynOf: number) => finish({ kind: 'open', roundTripMs: now() - heardSynOf });
  const answer = createListener({ later, now, send: (heardSynOf) => pass(back(), () => open(heardSynOf)) });

  const sendSyn = (retry: number): void => {
    if (retry > TCP.synRetries + TCP.synLinearTimeouts) return finish({ kind: 'timed out' });
    later(synTimeoutMs(retry), () => sendSyn(retry + 1));
    const sentAt = now();
    pass(there(), () => answer(sentAt));
  };
  sendSyn(0);
  return stop;
}

interface ListenerOptions {
  readonly later: (ms: number, act: () => void) => () => void;
  readonly now: () => number;
  /** Sends a SYN-ACK; it tells the time of the first SYN that came, also when it is sent again. */
  readonly send: (heardSynOf: number) => void;
}

/** The server's half: answers each SYN, and by itself until it gives the request up. Gives what a SYN does. */
function createListener({ later, now, send }: ListenerOptions): (synSentAt: number) => void {
  let timeouts = 0;
  let heardSynOf: number | undefined;
  let lastSyn = -Infinity;
  let stopTimer: (() => void) | undefined;

  const arm = (): void => {
    stopTimer?.();
    stopTimer = later(synAckTimeoutMs(timeouts), () => {
      timeouts += 1;
      if (timeouts > TCP.synAckRetries) {
        timeouts = 0;
        heardSynOf = undefined;
        return;
      }
      arm();
      send(heardSynOf ?? now());
    });
  };
  return (synSentAt) => {
    if (now() - lastSyn < TCP.repeatedSynLimitMs) return;
    lastSyn = now();
    heardSynOf ??= synSentAt;
    arm();
    send(heardSynOf);
  };
}
