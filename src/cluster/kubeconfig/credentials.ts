import { isSensitiveName } from '../../util/credentials.ts';
import type { Connection } from '../http/connection.ts';
import type { ChosenContext } from './choose-context.ts';

/** What stands in the kubeconfig that lets its holder in. */
export function credentialsOf({ cluster, user }: ChosenContext): readonly string[] {
  const key = user?.keyData;
  const variables = (user?.exec?.['env'] ?? []) as readonly { readonly name: string; readonly value: string }[];
  const found = [
    user?.token,
    user?.password,
    key,
    key === undefined ? undefined : Buffer.from(key, 'base64').toString('utf8'),
    ...(Array.isArray(variables) ? variables : []).map(({ name, value }) =>
      isSensitiveName(name) ? value : undefined,
    ),
    ...sensitiveIn(user?.authProvider),
    ...[cluster.server, cluster.proxyUrl].map(passwordOf),
  ];
  return found.filter((it): it is string => typeof it === 'string');
}

/** The connection, which also says by what it authorizes itself: tokens come from files and plugins, and change. */
export function telling(connection: Connection, tell: ((values: readonly string[]) => void) | undefined): Connection {
  if (tell === undefined) return connection;
  return {
    ...connection,
    headers: async () => {
      const headers = await connection.headers();
      for (const [name, value] of Object.entries(headers)) {
        if (name.toLowerCase() === 'authorization' && typeof value === 'string') tell(tokensOf(value));
      }
      return headers;
    },
  };
}

function tokensOf(authorization: string): readonly string[] {
  const [scheme = '', token = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() !== 'basic') return [token];
  const password = Buffer.from(token, 'base64').toString('utf8').split(':').slice(1).join(':');
  return [token, password];
}

function sensitiveIn(value: unknown, name = ''): readonly (string | undefined)[] {
  if (typeof value === 'string') return isSensitiveName(name) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => sensitiveIn(inner, key));
}

function passwordOf(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { password } = new URL(address);
  return password === '' ? undefined : decodeURIComponent(password);
}
