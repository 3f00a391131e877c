import type { ProbeErrorKind } from '../../model/hypothesis.ts';

const LONGEST_DETAIL = 500;

export interface TransportError {
  readonly kind: ProbeErrorKind;
  /** The system's own words. */
  readonly detail: string;
}

const KINDS: Readonly<Record<string, ProbeErrorKind>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'dns',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  // Out of file descriptors or memory here: nothing was reached either.
  EMFILE: 'unreachable',
  ENFILE: 'unreachable',
  ENOBUFS: 'unreachable',
  ETIMEDOUT: 'timeout',
  EPROTO: 'tls',
  HPE_HEADER_OVERFLOW: 'too-large',
};

// Codes of OpenSSL's certificate verification as Node names them (doc/api/tls.md, "X509 certificate error codes").
const CERTIFICATE =
  /^(?:CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_)/;

/** Tells what kind of failure an error of node:http, node:tls or node:net is. */
export function transportError(error: unknown): TransportError {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const code = codeOf(error) ?? codeOf(first);
  return { kind: kindOf(code), detail: shortened(detailOf(first, code)) };
}

function kindOf(code: string | undefined): ProbeErrorKind {
  if (code === undefined) return 'protocol';
  const known = KINDS[code];
  if (known !== undefined) return known;
  if (code.startsWith('EAI_')) return 'dns';
  return CERTIFICATE.test(code) || /^ERR_(?:TLS|SSL|OSSL)/.test(code) ? 'tls' : 'protocol';
}

function detailOf(error: unknown, code: string | undefined): string {
  const message = error instanceof Error ? error.message : String(error);
  return code === undefined || message.includes(code) ? message : `${code} ${message}`;
}

/** A certificate may list thousands of names. */
function shortened(detail: string): string {
  return detail.length > LONGEST_DETAIL ? `${detail.slice(0, LONGEST_DETAIL)}…` : detail;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
