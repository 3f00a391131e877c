import type { Conditions } from './conditions.ts';
import { TCP } from './tcp-timing.ts';

/** What one side of a connection has sent, what of it arrived, and what of that it knows. */
export interface Sender {
  /** Everything has arrived, whether the sender knows it or not. */
  isThrough(): boolean;
  /** Segments sent that the sender has heard nothing of. */
  outstanding(): number;
  /** Sends more, as far as the window lets it. */
  add(segments: number, weather: Weather, acks: Weather): void;
  /** Sends one segment again; after a timeout with the window closed to one. True when it was acknowledged. */
  repeat(isTimeout: boolean, weather: Weather, acks: Weather): boolean;
}

type Weather = Conditions | undefined;

export function createSender(): Sender {
  let window: number = TCP.initialWindow;
  let queued = 0;
  let lost = 0;
  /** Arrived, but the acknowledgement did not. */
  let silent = 0;

  const acknowledge = (): void => {
    window = lost > 0 ? Math.max(TCP.leastWindow, Math.floor(window * TCP.windowAfterLoss)) : window + 1;
    queued += lost;
    lost = 0;
    silent = 0;
  };
  const sendOut = (weather: Weather, acks: Weather): void => {
    while (queued > 0 && lost + silent < window) {
      queued -= 1;
      if (weather?.isLost()) lost += 1;
      else if (acks?.isLost()) silent += 1;
      else acknowledge();
    }
    // With everything there the other side soon says something that acknowledges it.
    if (queued + lost === 0) silent = 0;
  };

  return {
    isThrough: () => queued + lost === 0,
    outstanding: () => lost + silent,
    add(segments, weather, acks) {
      queued += segments;
      sendOut(weather, acks);
    },
    repeat(isTimeout, weather, acks) {
      if (isTimeout) window = 1;
      if (weather?.isLost()) return false;
      if (lost > 0) lost -= 1;
      const isHeard = !acks?.isLost();
      if (isHeard) acknowledge();
      else silent += 1;
      sendOut(weather, acks);
      return isHeard;
    },
  };
}
