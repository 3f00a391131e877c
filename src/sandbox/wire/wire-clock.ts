/** Time as the wires see it; tests step it. */
export interface WireClock {
  /** Monotonic, milliseconds. */
  now(): number;
  /** Calls once after `ms`, possibly a little early; gives how to call it off. */
  after(ms: number, act: () => void): () => void;
}

export const realClock: WireClock = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, Math.ceil(ms));
    return () => clearTimeout(timer);
  },
};
