import '../../src/sandbox/api-server/reflect-metadata.ts';
import * as x509 from '@peculiar/x509';
import { webcrypto } from 'node:crypto';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 24 * 3_600_000;

export interface Identity {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface ThrowawayCa extends Pick<Identity, 'cert'> {
  /** A server certificate for these addresses and names, valid from yesterday until `days` from now. */
  server(names: readonly string[], days?: number): Promise<Identity>;
  /** A client certificate; Kubernetes takes the common name for the user. */
  client(user: string): Promise<Identity>;
}

/** A certificate authority that lives as long as a test. */
export async function createThrowawayCa(): Promise<ThrowawayCa> {
  const keys = await newKeys();
  const name = 'CN=throwaway test CA';
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(1),
    serialNumber: '01',
    name,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const issue = async (subject: string, days: number, extensions: x509.Extension[]): Promise<Identity> => {
    const own = await newKeys();
    const cert = await x509.X509CertificateGenerator.create({
      ...validity(days),
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
      issuer: name,
      subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions,
    });
    return { cert: cert.toString('pem'), key: await toPem(own.privateKey) };
  };
  return {
    cert: ca.toString('pem'),
    server: (names, days = 1) =>
      issue('CN=test server', days, [
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: /^[\d.]+$/.test(value) ? ('ip' as const) : ('dns' as const), value })),
        ),
      ]),
    client: (user) => issue(`CN=${user}`, 1, []),
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 2 * DAY), notAfter: new Date(now + days * DAY) };
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
}
