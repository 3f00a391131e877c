import type { Conditions } from './conditions.ts';
import { createRetransmissionTimer } from './retransmission-timer.ts';
import { createSender } from './sender.ts';
import { TCP } from './tcp-timing.ts';
import type { WireClock } from './wire-clock.ts';

/** One direction of a TCP connection: what is sent arrives complete and in order, but late when packets are lost. */
export interface Flow {
  /** Calls `deliver` when these bytes have arrived, at once when nothing holds them up. */
  send(bytes: number, deliver: () => void): void;
  /** Nothing is held up. */
  isIdle(): boolean;
  /** The sender has measured a round trip, milliseconds, outside of what is sent here. */
  measured(roundTripMs: number): void;
  /**
   * An acknowledgement was late by so much: when meanwhile the sender's last repetition came through, milliseconds after
   * the first; the acknowledgement echoes that one's time. 0 when none did.
   */
  lastRepeatWithin(lateMs: number): number;
  /** Nothing is delivered from now on. */
  close(): void;
}

export interface FlowOptions {
  /** What packets meet now; undefined when nothing is armed. Asked for each send and each time something is sent again. */
  readonly conditions: () => Conditions | undefined;
  /** What acknowledgements meet on their way back. */
  readonly acknowledged: () => Conditions | undefined;
  readonly clock: WireClock;
  /** The sender has tried for too long. */
  readonly giveUp: () => void;
}

/**
 * The sender's window and retransmission, segment by segment. An acknowledgement tells of everything before it
 * (selective acknowledgements), and what it shows to be lost is sent again at once: the round trip itself takes no time
 * here. What nobody tells of waits for probe or timeout, goes again alone, and opens the window from one segment on. So
 * the longer a message is, the more often it waits.
 */
export function createFlow({ conditions, acknowledged, clock, giveUp }: FlowOptions): Flow {
  const held: Message[] = [];
  const sender = createSender();
  let repeats = 0;
  const timer = createRetransmissionTimer();
  let stopTimer: (() => void) | undefined;
  const transit = createTransit(clock);

  function settle(): void {
    if (!sender.isThrough()) {
      const wait = repeats === 0 ? timer.probeMs(sender.outstanding()) : timer.timeoutMs(repeats - 1);
      stopTimer ??= clock.after(wait, sendAgain);
      return;
    }
    stopTimer?.();
    stopTimer = undefined;
    repeats = 0;
    const weather = conditions();
    for (const { segments, deliver } of held.splice(0)) {
      const delayMs = longestDelay(weather, segments);
      timer.sample(delayMs);
      transit.enter(delayMs, deliver);
    }
  }

  function sendAgain(): void {
    stopTimer = undefined;
    repeats += 1;
    if (repeats > TCP.dataRetries + 1) return giveUp();
    const isHeard = sender.repeat(repeats > 1, conditions(), acknowledged());
    if (isHeard) repeats = 1;
    settle();
  }

  const isIdle = (): boolean => held.length === 0 && transit.isEmpty();
  return {
    isIdle,
    send(bytes, deliver) {
      const [weather, acks] = [conditions(), acknowledged()];
      if (weather === undefined && acks === undefined && isIdle()) return deliver();
      const segments = Math.max(1, Math.ceil(bytes / TCP.segmentBytes));
      held.push({ segments, deliver });
      sender.add(segments, weather, acks);
      settle();
    },
    measured: timer.sample,
    lastRepeatWithin(lateMs) {
      const weather = conditions();
      let last = 0;
      let at = timer.probeMs(1);
      for (let n = 0; at < lateMs; n += 1) {
        if (!weather?.isLost()) last = at;
        at += timer.timeoutMs(n);
      }
      return last;
    },
    close() {
      stopTimer?.();
      held.length = 0;
      transit.close();
    },
  };
}

interface Message {
  readonly segments: number;
  readonly deliver: () => void;
}

/** A message is there when the slowest of its packets is. */
function longestDelay(weather: Conditions | undefined, segments: number): number {
  if (weather === undefined) return 0;
  return Array.from({ length: segments }, () => weather.delayMs()).reduce((a, b) => Math.max(a, b), 0);
}

/** Messages on their way; none overtakes another. */
function createTransit(clock: WireClock) {
  const queue: { readonly due: number; readonly deliver: () => void }[] = [];
  let stopTimer: (() => void) | undefined;

  function arrive(): void {
    stopTimer = undefined;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const left = next.due - clock.now();
      if (left > 0) {
        stopTimer ??= clock.after(left, arrive);
        return;
      }
      queue.shift();
      next.deliver();
    }
  }

  return {
    isEmpty: () => queue.length === 0,
    enter(delayMs: number, deliver: () => void): void {
      if (delayMs === 0 && queue.length === 0) return deliver();
      queue.push({ due: clock.now() + delayMs, deliver });
      stopTimer ??= clock.after(delayMs, arrive);
    },
    close(): void {
      stopTimer?.();
      queue.length = 0;
    },
  };
}
