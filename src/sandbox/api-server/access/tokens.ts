import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Store } from '../../store.ts';
import { numberAt, stringAt } from '../json.ts';
import { administrator, serviceAccountUser } from './user.ts';
import type { User } from './user.ts';

/** Bearer tokens: the administrator's, and JSON web tokens of service accounts as long as these live. */
export interface Tokens {
  readonly administrator: string;
  issue(account: { namespace: string; name: string; uid: string }, seconds: number): { token: string; expires: Date };
  userOf(token: string): User | undefined;
}

/** Tokens signed with a key that lives as long as this server. */
export function createTokens(store: Store): Tokens {
  const key = randomBytes(32);
  const adminToken = randomBytes(24).toString('base64url');
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');

  return {
    administrator: adminToken,
    issue({ namespace, name, uid }, seconds) {
      const issued = Math.floor(Date.now() / 1000);
      const claims = {
        iss: 'https://kubernetes.default.svc.cluster.local',
        sub: `system:serviceaccount:${namespace}:${name}`,
        iat: issued,
        exp: issued + seconds,
        'kubernetes.io': { namespace, serviceaccount: { name, uid } },
      };
      const head = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encode).join('.');
      return { token: `${head}.${sign(head)}`, expires: new Date(claims.exp * 1000) };
    },
    userOf(token) {
      if (same(token, adminToken)) return administrator;
      const [header, payload, signature, ...rest] = token.split('.');
      if (!header || !payload || !signature || rest.length > 0) return undefined;
      if (!same(signature, sign(`${header}.${payload}`))) return undefined;
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
      if (numberAt(claims, ['exp']) * 1000 <= Date.now()) return undefined;
      const namespace = stringAt(claims, ['kubernetes.io', 'namespace']);
      const name = stringAt(claims, ['kubernetes.io', 'serviceaccount', 'name']);
      const uid = stringAt(claims, ['kubernetes.io', 'serviceaccount', 'uid']);
      const account = store.get('serviceaccounts', namespace, name);
      return account?.metadata.uid === uid ? serviceAccountUser(namespace, name) : undefined;
    },
  };
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
