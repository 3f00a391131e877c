import type { ChaosBladeVersion } from '../options.ts';
import type { Store } from '../store.ts';
import type { ContainerStatus, Pod } from '../workloads/kinds.ts';
import type { Experiment } from './blade.ts';
import { labelTest } from './label-test.ts';
import { flagsOf, listOf } from './matchers.ts';
import type { Flags } from './matchers.ts';
import { Refusal } from './refusal.ts';
import { reduce } from './reduce.ts';
import { containerTarget, nodeTarget } from './targets.ts';
import type { Target } from './targets.ts';
import { WORDINGS } from './wording.ts';

export interface Selecting {
  readonly store: Store;
  readonly version: ChaosBladeVersion;
  readonly random: () => number;
}

/** The targets of an experiment as its selection matchers name them; throws a Refusal in the operator's words. */
export function selectTargets(selecting: Selecting, experiment: Experiment): Target[] {
  const flags = flagsOf(experiment);
  switch (experiment.scope) {
    case 'node':
      return selectNodes(selecting, flags);
    case 'pod':
      return selectPods(selecting, flags);
    case 'container':
      return selectContainers(selecting, flags);
    default:
      throw new Refusal(WORDINGS[selecting.version].unknownScope());
  }
}

function selectNodes({ store, version, random }: Selecting, flags: Flags): Target[] {
  const says = WORDINGS[version];
  requireSelector(flags, version);
  const test = labelTest(flags, version);
  const found = named(flags, store.list('nodes')).filter((node) => test(node.metadata.labels));
  if (found.length === 0) throw new Refusal(says.noNodes(sourceOf(flags)));
  // The map of groups is never filled for nodes, so nothing is left and nothing is said.
  if (flags.has('evict-group')) return [];
  return reduce(found, flags, version, random).map(({ metadata }) => nodeTarget(metadata.name));
}

function selectPods(selecting: Selecting, flags: Flags): Target[] {
  const says = WORDINGS[selecting.version];
  try {
    const pods = matchingPods(selecting, flags);
    const targets = pods.flatMap((pod) => {
      const running = runningContainers(pod)[0];
      return running ? [containerTarget('pod', pod, running)] : [];
    });
    if (targets.length === 0) throw new Refusal(says.noContainerOfPods());
    return targets;
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(says.hidden(error.message)) : error;
  }
}

function selectContainers(selecting: Selecting, flags: Flags): Target[] {
  const says = WORDINGS[selecting.version];
  const [ids, names, index] = ['container-ids', 'container-names', 'container-index'].map((name) => flags.get(name));
  const pods = matchingPods(selecting, flags);
  if (ids === undefined && names === undefined && index === undefined) throw new Refusal(says.noContainerFlag());
  const targets = pods.flatMap((pod) =>
    chosenContainers(pod, flags).map((container) => containerTarget('container', pod, container)),
  );
  if (targets.length === 0) throw new Refusal(says.noContainer([ids ?? '', names ?? '', index ?? '']));
  return targets;
}

function matchingPods({ store, version, random }: Selecting, flags: Flags): Pod[] {
  const says = WORDINGS[version];
  requireSelector(flags, version);
  const namespaces = listOf(flags, 'namespace');
  if (namespaces.length > 1) throw new Refusal(says.severalNamespaces());
  const namespace = namespaces[0] ?? 'default';
  const test = labelTest(flags, version);
  const leavesOut = (pod: Pod) =>
    version !== '0.8' && !flags.has('names') && pod.metadata.deletionTimestamp !== undefined;
  const found = named(flags, store.list('pods', namespace) as Pod[])
    .filter((pod) => test(pod.metadata.labels))
    .filter((pod) => !leavesOut(pod));
  if (found.length === 0) throw new Refusal(says.noPods(sourceOf(flags), namespace));
  return reduce(found, flags, version, random);
}

/** Those that `names` lists, in its order and without the missing ones; all of them without `names`. */
function named<T extends { readonly metadata: { readonly name: string } }>(flags: Flags, all: readonly T[]): T[] {
  if (!flags.has('names')) return [...all];
  return listOf(flags, 'names').flatMap((name) => all.filter(({ metadata }) => metadata.name === name));
}

function sourceOf(flags: Flags): 'names' | 'labels' {
  return flags.has('names') ? 'names' : 'labels';
}

function requireSelector(flags: Flags, version: ChaosBladeVersion): void {
  if (['evict-count', 'evict-percent', 'labels', 'names'].some((name) => flags.has(name))) return;
  throw new Refusal(WORDINGS[version].noSelector());
}

function runningContainers(pod: Pod): ContainerStatus[] {
  return (pod.status?.containerStatuses ?? []).filter(({ state }) => state?.running !== undefined);
}

/** Ids count before names, names before the index. */
function chosenContainers(pod: Pod, flags: Flags): ContainerStatus[] {
  const running = runningContainers(pod);
  if (flags.has('container-ids')) {
    const ids = listOf(flags, 'container-ids');
    return running.filter(({ containerID = '' }) => ids.includes(containerID.replace(/^.*:\/\//, '')));
  }
  if (flags.has('container-names')) {
    const names = listOf(flags, 'container-names');
    return running.filter(({ name }) => names.includes(name));
  }
  const wanted = pod.spec.containers[Number(flags.get('container-index'))]?.name;
  return running.filter(({ name }) => name === wanted);
}
