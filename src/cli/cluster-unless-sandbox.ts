import type { Cluster } from '../cluster/cluster.ts';
import { HoldfastError } from '../model/errors.ts';
import { type ClusterChoice, openCluster } from './compose.ts';
import type { ClusterFlags } from './flags.ts';

/**
 * The cluster that was named; undefined where a sandbox is asked for. With a sandbox a cluster that is named by a flag too
 * would be a misunderstanding: throws `FLAG_INVALID`.
 */
export async function clusterUnlessSandbox(
  { sandbox, context, kubeconfig }: ClusterFlags & { readonly sandbox?: boolean },
  choice: ClusterChoice,
): Promise<Cluster | undefined> {
  const { yesContext } = choice;
  if (yesContext !== undefined && (sandbox === true || yesContext !== choice.context))
    throw otherContext(yesContext, choice);
  if (sandbox !== true) return openCluster(choice);
  if (context === undefined && kubeconfig === undefined) return undefined;
  throw new HoldfastError('FLAG_INVALID', {
    message: 'Either a sandbox or a cluster is asked for, not both.',
    where: context === undefined ? '--sandbox with --kubeconfig' : '--sandbox with --context',
    hint: 'Leave one of them out.',
  });
}

/** Whoever types the name of one cluster and means another is stopped here. */
function otherContext(yesContext: string, { context }: ClusterChoice): HoldfastError {
  return new HoldfastError('FLAG_INVALID', {
    message: `--yes-context names ${yesContext}, and the run is for ${context ?? 'no context'}.`,
    where: `--yes-context ${yesContext}`,
    hint: 'Give the very name of the context that is used, or leave it out.',
  });
}
