import { HoldfastError } from '../../model/errors.ts';
import type { ClusterEntry } from './kubeconfig.ts';

/** The API server's address; throws `KUBECONFIG_INVALID` for what is no http or https URL. */
export function serverUrl(cluster: ClusterEntry): URL {
  const url = URL.canParse(cluster.server) ? new URL(cluster.server) : undefined;
  if (url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new HoldfastError('KUBECONFIG_INVALID', {
    message: `Cluster ${JSON.stringify(cluster.name)} has no usable server: ${JSON.stringify(cluster.server)}.`,
    where: cluster.file,
    hint: 'Set `server` to an address such as https://10.0.0.1:6443.',
  });
}
