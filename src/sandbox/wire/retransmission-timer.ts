import { TCP } from './tcp-timing.ts';

/** How long one sender waits for an acknowledgement, from the round trips it has seen. */
export interface RetransmissionTimer {
  /** A round trip was measured, milliseconds. */
  sample(roundTripMs: number): void;
  /** The wait for the first repetition, the tail loss probe (RFC 8985 7.2), with so many segments outstanding. */
  probeMs(outstanding: number): number;
  /** The wait after the probe and `timeouts` timeouts of the same data. */
  timeoutMs(timeouts: number): number;
}

/**
 * RFC 6298 with Linux' floor under the deviation. What matters here: a handshake whose SYN-ACK came late is a long round
 * trip, and three times as long the sender then waits for its first data, as SYN-ACKs repeat the time of the first SYN
 * that arrived (tcp_rcv_synsent_state_process, tcp_ack_update_rtt).
 */
export function createRetransmissionTimer(): RetransmissionTimer {
  let smoothedMs: number | undefined;
  let deviationMs = 0;
  const timeoutMs = (timeouts: number): number => {
    const base = (smoothedMs ?? 0) + Math.max(TCP.leastTimeoutMs, 4 * deviationMs);
    return Math.min(base * 2 ** timeouts, TCP.longestTimeoutMs);
  };
  return {
    timeoutMs,
    probeMs(outstanding) {
      const margin = outstanding === 1 ? TCP.leastTimeoutMs : TCP.probeMarginMs;
      return Math.min(2 * (smoothedMs ?? 0) + margin, timeoutMs(0));
    },
    sample(roundTripMs) {
      if (smoothedMs === undefined) {
        smoothedMs = roundTripMs;
        deviationMs = roundTripMs / 2;
        return;
      }
      const error = Math.abs(roundTripMs - smoothedMs);
      // A round trip that is suddenly short must not make the wait longer (Linux, tcp_rtt_estimator).
      const isShorter = roundTripMs < smoothedMs && error > deviationMs;
      deviationMs += (error - deviationMs) / (isShorter ? 32 : 4);
      smoothedMs += (roundTripMs - smoothedMs) / 8;
    },
  };
}
