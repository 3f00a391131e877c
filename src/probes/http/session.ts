import { CookieJar } from 'tough-cookie';

/** The cookies and fixed headers of one user. */
export interface Session {
  readonly headers: Readonly<Record<string, string>>;
  /** The Cookie header for a URL; empty when there is none to send. */
  cookies(url: URL): string;
  store(url: URL, setCookies: readonly string[]): void;
  /** Whether it has neither headers nor cookies for any place. */
  isEmpty(): boolean;
}

/** A session without cookies yet. Lenient as browsers are: single-label hosts and malformed cookies are taken. */
export function createSession(headers: Readonly<Record<string, string>>): Session {
  const jar = new CookieJar(undefined, { rejectPublicSuffixes: false, looseMode: true });
  return {
    headers,
    cookies: (url) => jar.getCookieStringSync(url.href),
    store(url, setCookies) {
      for (const cookie of setCookies) jar.setCookieSync(cookie, url.href, { ignoreError: true });
    },
    isEmpty: () => Object.keys(headers).length === 0 && jar.serializeSync()?.cookies.length === 0,
  };
}
