/** Where requests go and how that was found out (see `discover-ingress.ts`). */
export interface Ingress {
  /** `http` or `https`. */
  readonly scheme: 'http' | 'https';
  /** What to connect to. */
  readonly address: string;
  readonly port: number;
  /** Host header, and SNI under TLS. */
  readonly host: string;
  /** One sentence: which object and which rule gave the address. */
  readonly how: string;
  /** Ends a port-forward, where that was the last resort. */
  close?(): Promise<void>;
}
