import type { Cluster } from '../cluster/cluster.ts';
import { resolveClusterSecrets } from '../load/cluster-secrets.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Experiment } from '../model/experiment.ts';

/** Puts the values of Kubernetes Secrets that experiments name into them; `run --sandbox` starts on one that has none. */
export async function resolveSecrets(
  experiments: readonly Experiment[],
  cluster: Cluster | undefined,
): ReturnType<typeof resolveClusterSecrets> {
  return resolveClusterSecrets(experiments, async (namespace, name, key) => {
    if (cluster === undefined) throw noSecretsYet(`Secret ${namespace}/${name}, key ${key}`);
    const resource = await cluster.resource('', 'secrets');
    if (resource === undefined) return undefined;
    const secret = await cluster.read(resource, { namespace, name });
    const data = secret?.['data'] as Readonly<Record<string, string>> | undefined;
    const value = data?.[key];
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
  });
}

function noSecretsYet(where: string): HoldfastError {
  return new HoldfastError('SECRET_NOT_FOUND', {
    message: 'The sandbox of a run starts without Secrets.',
    where,
    hint: 'Start one with `holdfast sandbox up`, make the Secret with kubectl, and run with its --kubeconfig and --context; or take ${secret:NAME} from the environment.',
  });
}
