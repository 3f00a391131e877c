import type { Conditions } from './conditions.ts';
import { dataTimeoutMs, TCP } from './tcp-timing.ts';
import type { WireClock } from './wire-clock.ts';

/** One direction of a TCP connection: what is sent arrives complete and in order, but late when packets are lost. */
export interface Flow {
  /** Calls `deliver` when these bytes have arrived, at once when nothing holds them up. */
  send(bytes: number, deliver: () => void): void;
  /** Nothing is delivered from now on. */
  close(): void;
}

export interface FlowOptions {
  /** What packets meet now; undefined when nothing is armed. Asked for each send and each time something is sent again. */
  readonly conditions: () => Conditions | undefined;
  readonly clock: WireClock;
  /** The sender has tried for too long. */
  readonly giveUp: () => void;
}

/**
 * The sender's retransmission, segment by segment. One that is lost is sent again at once when a later one arrives
 * (selective acknowledgements: the round trip itself takes no time here), otherwise by timeout, alone, and the others
 * after it. So the longer a message is, the more often its last segments wait.
 */
export function createFlow({ conditions, clock, giveUp }: FlowOptions): Flow {
  const held: Message[] = [];
  let unheard = 0;
  let timeouts = 0;
  let stopTimer: (() => void) | undefined;
  const transit = createTransit(clock);

  function settle(): void {
    if (unheard > 0) {
      stopTimer ??= clock.after(dataTimeoutMs(timeouts), sendAgain);
      return;
    }
    stopTimer?.();
    stopTimer = undefined;
    timeouts = 0;
    const weather = conditions();
    for (const { segments, deliver } of held.splice(0)) transit.enter(longestDelay(weather, segments), deliver);
  }

  function sendAgain(): void {
    stopTimer = undefined;
    timeouts += 1;
    if (timeouts > TCP.dataRetries) return giveUp();
    const weather = conditions();
    if (!weather?.isLost()) {
      timeouts = 0;
      unheard = burst(unheard - 1, 0, weather);
    }
    settle();
  }

  return {
    send(bytes, deliver) {
      const weather = conditions();
      if (weather === undefined && held.length === 0 && transit.isEmpty()) return deliver();
      const segments = Math.max(1, Math.ceil(bytes / TCP.segmentBytes));
      held.push({ segments, deliver });
      unheard = burst(segments, unheard, weather);
      settle();
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

/** Sends segments in one go; gives how many are lost with nothing after them that would tell the sender. */
function burst(segments: number, unheardBefore: number, weather: Conditions | undefined): number {
  let unheard = unheardBefore;
  let left = segments;
  while (left > 0) {
    let again = 0;
    for (; left > 0; left -= 1) {
      if (weather?.isLost()) unheard += 1;
      else {
        again += unheard;
        unheard = 0;
      }
    }
    left = again;
  }
  return unheard;
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
