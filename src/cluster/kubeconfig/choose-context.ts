import { HoldfastError } from '../../model/errors.ts';
import { nearestName } from '../../util/nearest-name.ts';
import type { ClusterEntry, Kubeconfig, UserEntry } from './kubeconfig.ts';

/** One context with what it stands for. */
export interface ChosenContext {
  readonly name: string;
  readonly cluster: ClusterEntry;
  /** Absent: the context names no user, and requests are anonymous. */
  readonly user?: UserEntry;
}

/** Looks a context up by the name that was given; kubectl's current context is never taken by itself. */
export function chooseContext(config: Kubeconfig, name: string | undefined): ChosenContext {
  if (name === undefined || name === '') throw contextMissing(config);
  const context = config.contexts.find((entry) => entry.name === name);
  if (context === undefined) throw contextUnknown(config, name);
  const cluster = config.clusters.find((entry) => entry.name === context.cluster);
  const user = config.users.find((entry) => entry.name === context.user);
  if (cluster === undefined) throw dangling(name, context.file, 'cluster', context.cluster);
  if (user === undefined && context.user !== '') throw dangling(name, context.file, 'user', context.user);
  return { name, cluster, ...(user !== undefined && { user }) };
}

function contextMissing(config: Kubeconfig): HoldfastError {
  return new HoldfastError('CONTEXT_MISSING', {
    message: `No context was named, and none is taken by itself. ${known(config)}`,
    ...(config.files.length > 0 && { where: config.files.join(', ') }),
    hint: 'Name one with --context, or as `context` in holdfast.config.yaml; --sandbox needs none.',
  });
}

function contextUnknown(config: Kubeconfig, name: string): HoldfastError {
  const near = nearestName(
    name,
    config.contexts.map((context) => context.name),
  );
  return new HoldfastError('CONTEXT_UNKNOWN', {
    message: `There is no context ${JSON.stringify(name)}. ${known(config)}`,
    ...(config.files.length > 0 && { where: config.files.join(', ') }),
    hint: near === undefined ? 'Name one of these with --context.' : `Did you mean --context ${near}?`,
  });
}

function known(config: Kubeconfig): string {
  if (config.files.length === 0) return 'There is no kubeconfig either.';
  if (config.contexts.length === 0) return 'The kubeconfig has no contexts.';
  return `There are: ${config.contexts.map((context) => context.name).join(', ')}.`;
}

function dangling(context: string, file: string, what: 'cluster' | 'user', name: string): HoldfastError {
  return new HoldfastError('KUBECONFIG_INVALID', {
    message: `Context ${JSON.stringify(context)} names the ${what} ${JSON.stringify(name)}, which is nowhere in the kubeconfig.`,
    where: file,
    hint: `Add the ${what}, or correct the context.`,
  });
}
