import { HoldfastError, type ErrorDetails } from '../../model/errors.ts';

/** What Node's errors (`CODE message`) mean to somebody who wants to reach an API server. The first match wins. */
const EXPLANATIONS: readonly { readonly error: RegExp; readonly says: string; readonly hint: string }[] = [
  {
    error: /^ECONNREFUSED /,
    says: 'nothing listens there (connection refused)',
    hint: 'Start the cluster or the tunnel to it, or correct `server` in the kubeconfig.',
  },
  {
    error: /^(?:ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_FAIL) /,
    says: 'its name does not resolve (DNS)',
    hint: 'Check `server` in the kubeconfig, the VPN and the name server.',
  },
  {
    error: /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_SIGNATURE_FAILURE) /,
    says: 'its TLS certificate is not signed by the CA of the kubeconfig',
    hint: 'Check `certificate-authority` in the kubeconfig: it may belong to another cluster, or the cluster was rebuilt.',
  },
  {
    error: /^CERT_HAS_EXPIRED /,
    says: 'its TLS certificate has expired',
    hint: 'Renew the certificate of the API server, and check the time of this machine.',
  },
  {
    error: /^CERT_NOT_YET_VALID /,
    says: 'its TLS certificate is not valid yet',
    hint: 'Check the time of this machine.',
  },
  {
    error: /^ERR_TLS_CERT_ALTNAME_INVALID /,
    says: 'its TLS certificate is for another name',
    hint: 'Use one of the names of the certificate in `server`, or set `tls-server-name` in the kubeconfig.',
  },
  {
    error: /^(?:ERR_SSL\w*ALERT|EPROTO .*\balert\b|ERR_OSSL|ERR_TLS)/,
    says: 'it did not accept our TLS client certificate or TLS settings',
    hint: 'Check `client-certificate` and `client-key` in the kubeconfig: they may have expired.',
  },
  {
    error: /^(?:ERR_SSL|EPROTO|HPE_)/,
    says: 'what answers there does not speak the protocol of the address',
    hint: 'Check `server` in the kubeconfig: the scheme (https) and the port.',
  },
  {
    error: /^(?:ECONNRESET|EPIPE|ECONNABORTED) /,
    says: 'the connection was reset',
    hint: 'Try again; if it goes on, look at the API server and at proxies in between.',
  },
  {
    error: /^(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN) /,
    says: 'there is no way to it (unreachable)',
    hint: 'Check the network and the VPN between here and the cluster.',
  },
];

const PASSING = /^(?:ECONNREFUSED|EAI_AGAIN|ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** Turns Node's error of a request that got no answer into `API_UNREACHABLE` with a cause that people understand. */
export function networkFailure(error: unknown, server: URL, what: string): HoldfastError {
  const code = errorCode(error);
  const explanation = EXPLANATIONS.find((entry) => entry.error.test(`${code} ${plainText(error)}`));
  const details: ErrorDetails = {
    message: `The API server ${server.origin} cannot be reached: ${explanation?.says ?? plainText(error)}.`,
    where: what,
    hint: explanation?.hint ?? 'Check `server` in the kubeconfig.',
    cause: error,
    retryable: PASSING.test(code),
  };
  return new HoldfastError('API_UNREACHABLE', details);
}

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return '';
}

function plainText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
