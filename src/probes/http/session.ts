import { Cookie, CookieJar } from 'tough-cookie';

/** The cookies and fixed headers of one user. */
export interface Session {
  readonly headers: Readonly<Record<string, string>>;
  /** The Cookie header for a URL; empty when there is none to send. */
  cookies(url: URL): string;
  store(url: URL, setCookies: readonly string[]): void;
  /** Whether it has neither headers nor cookies for any place. */
  isEmpty(): boolean;
}

/** What every client keeps at least of one cookie and of one site (RFC 6265, 6.1); no server makes our requests grow beyond. */
const LONGEST_COOKIE = 4096;
const MOST_COOKIES = 50;
/** Shorter values are names and flags rather than secrets. */
const SHORTEST_TOKEN = 8;

/**
 * A session without cookies yet. Lenient as browsers are: single-label hosts and malformed cookies are taken. `tell`
 * hears the values that the server has set, for they let their bearer in.
 */
export function createSession(
  headers: Readonly<Record<string, string>>,
  tell: (secrets: readonly string[]) => void = () => undefined,
): Session {
  const jar = new CookieJar(undefined, { rejectPublicSuffixes: false, looseMode: true });
  const known = new Set<string>();

  const keep = (text: string, url: URL): string[] => {
    const cookie = text.length > LONGEST_COOKIE || !isSendable(text) ? undefined : Cookie.parse(text, { loose: true });
    if (cookie === undefined) return [];
    const id = `${cookie.domain ?? url.hostname} ${cookie.path ?? ''} ${cookie.key}`;
    if (known.size >= MOST_COOKIES && !known.has(id)) return [];
    known.add(id);
    jar.setCookieSync(cookie, url.href, { ignoreError: true });
    return cookie.value.length < SHORTEST_TOKEN ? [] : [cookie.value];
  };
  return {
    headers,
    cookies: (url) => jar.getCookieStringSync(url.href),
    store(url, setCookies) {
      const values = setCookies.flatMap((text) => keep(text, url));
      if (values.length > 0) tell(values);
    },
    isEmpty: () => Object.keys(headers).length === 0 && jar.serializeSync()?.cookies.length === 0,
  };
}

/** What a request header may hold (RFC 9110, 5.5); one that may not would end every later request of the session. */
function isSendable(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}
