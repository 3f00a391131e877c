import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { ChosenContext } from './choose-context.ts';

/** The name by which the cluster that we run in is asked for. */
export const IN_CLUSTER = 'in-cluster';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The cluster that this process runs in, by the service account of its pod; undefined outside of a pod. */
export function inClusterContext(
  env: Readonly<Record<string, string | undefined>>,
  folder = SERVICE_ACCOUNT,
): ChosenContext | undefined {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const tokenFile = join(folder, 'token');
  if (host === undefined || !existsSync(tokenFile)) return undefined;
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`;
  const entry = { name: IN_CLUSTER, file: folder };
  return {
    name: IN_CLUSTER,
    cluster: { ...entry, server, caFile: join(folder, 'ca.crt'), skipTlsVerify: false },
    user: { ...entry, tokenFile },
  };
}
