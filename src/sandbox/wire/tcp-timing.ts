/**
 * How long Linux' TCP waits before it sends again, milliseconds and counts. Sources: Documentation/networking/ip-sysctl
 * (tcp_syn_retries, tcp_syn_linear_timeouts, tcp_synack_retries, tcp_retries2), include/net/tcp.h (TCP_TIMEOUT_INIT,
 * TCP_RTO_MIN, TCP_RTO_MAX) and RFC 6298 for the doubling; measured by scripts/check-ladder.mjs.
 */
export const TCP = {
  /** The first wait of a SYN and of a SYN-ACK. */
  initialTimeoutMs: 1000,
  /** Waits of a SYN that are not doubled yet (kernels from 6.5 on): SYNs leave at 0, 1, 2, 3, 4, 5, 7, 11 s ... */
  synLinearTimeouts: 4,
  /** SYNs sent again beyond the linear ones before connect() ends with ETIMEDOUT, 131 s after the first. */
  synRetries: 6,
  synAckRetries: 5,
  /** A listener answers a repeated SYN at most this often (tcp_invalid_ratelimit). */
  repeatedSynLimitMs: 500,
  /** The shortest wait of data (TCP_RTO_MIN): on a fast network it is sent again after 0.2, 0.4, 0.8, 1.6, 3.2 s. */
  leastTimeoutMs: 200,
  /** What the loss probe waits for beyond two round trips when more than one segment is outstanding: two ticks. */
  probeMarginMs: 8,
  longestTimeoutMs: 120_000,
  /** Timeouts of the same data before the connection ends with ETIMEDOUT, some 15 minutes later. */
  dataRetries: 15,
  /** Segments that leave before the first acknowledgement (RFC 6928). */
  initialWindow: 10,
  /** What is left of the window when an acknowledgement shows a loss (CUBIC, RFC 9438), and the least. */
  windowAfterLoss: 0.7,
  leastWindow: 2,
  /** Bytes in a segment on Ethernet, with timestamps. */
  segmentBytes: 1448,
} as const;

/** The wait after the SYN that was sent again `retry` times (0 = after the first). */
export function synTimeoutMs(retry: number): number {
  const doublings = Math.max(0, retry - TCP.synLinearTimeouts);
  return Math.min(TCP.initialTimeoutMs * 2 ** doublings, TCP.longestTimeoutMs);
}

/** The wait of a SYN-ACK that timed out `timeouts` times. */
export function synAckTimeoutMs(timeouts: number): number {
  return Math.min(TCP.initialTimeoutMs * 2 ** timeouts, TCP.longestTimeoutMs);
}
