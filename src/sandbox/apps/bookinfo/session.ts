import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

// The same in every replica and after a restart, so that a login survives a killed pod.
const KEY = 'bookinfo session';

/** The user that a request's session cookie names, if its signature is right. */
export function sessionUser(headers: IncomingHttpHeaders): string | undefined {
  const cookie = /(?:^|;\s*)session=([^;]*)/.exec(headers.cookie ?? '')?.[1];
  const [payload = '', signature = ''] = cookie?.split('.') ?? [];
  const given = Buffer.from(signature, 'base64url');
  const wanted = sign(payload);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const { user } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { user: string };
  return user;
}

/** The Set-Cookie value that logs a user in, or out when there is none. */
export function sessionCookie(user: string | undefined): string {
  if (user === undefined) {
    return 'session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/';
  }
  const payload = Buffer.from(JSON.stringify({ user })).toString('base64url');
  return `session=${payload}.${sign(payload).toString('base64url')}; HttpOnly; Path=/`;
}

function sign(payload: string): Buffer {
  return createHmac('sha256', KEY).update(payload).digest();
}
