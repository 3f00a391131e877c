import { HoldfastError } from '../../model/errors.ts';
import type { Ingress } from '../ingress.ts';

/** The ingress that an experiment gives itself; throws `INGRESS_NOT_FOUND` for what is no http or https URL. */
export function ingressFromUrl(text: string, host: string | undefined): Ingress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url?.protocol.slice(0, -1);
  if (url === undefined || (scheme !== 'http' && scheme !== 'https')) {
    throw new HoldfastError('INGRESS_NOT_FOUND', {
      message: `${JSON.stringify(text)} is no http or https address.`,
      where: 'ingress.url',
      hint: 'Write it as in http://192.168.3.13:31966.',
    });
  }
  return {
    scheme,
    address: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (scheme === 'http' ? 80 : 443) : Number(url.port),
    host: host ?? url.host,
    how: '`ingress.url` of the experiment',
  };
}
