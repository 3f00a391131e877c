import type { Cluster } from '../cluster/cluster.ts';
import { resolveClusterSecrets } from '../load/cluster-secrets.ts';
import type { Experiment } from '../model/experiment.ts';

/** Puts the values of Kubernetes Secrets that experiments name into them; a sandbox has none. */
export async function resolveSecrets(
  experiments: readonly Experiment[],
  cluster: Cluster | undefined,
): ReturnType<typeof resolveClusterSecrets> {
  return resolveClusterSecrets(experiments, async (namespace, name, key) => {
    const resource = await cluster?.resource('', 'secrets');
    if (cluster === undefined || resource === undefined) return undefined;
    const secret = await cluster.read(resource, { namespace, name });
    const data = secret?.['data'] as Readonly<Record<string, string>> | undefined;
    const value = data?.[key];
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
  });
}
