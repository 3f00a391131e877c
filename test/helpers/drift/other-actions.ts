import type { StoredObject } from '../../../src/sandbox/store.ts';
import { type Action, changed, kubectl } from './actions.ts';

/** Done to a ChaosBlade resource, which is ours alone: it goes in any case. */
export const OF_BLADES: readonly Action[] = [
  { name: 'deleted', act: async (hands) => hands.remove(), after: () => undefined },
  {
    name: 'labels taken off',
    ofMarks: true,
    act: (hands) => hands.put('cleaner', ({ metadata }) => void (metadata.labels = {})),
    after: () => undefined,
  },
  {
    name: 'given the label of another run',
    by: 'relabeller',
    act: (hands) =>
      hands.put('relabeller', ({ metadata }) => {
        metadata.labels = { ...metadata.labels, 'holdfast.dev/run': 'another' };
      }),
    after: () => undefined,
  },
  {
    name: 'spec edited',
    by: 'kubectl-edit',
    act: (hands) =>
      hands.put('kubectl-edit', (object) => {
        const { experiments } = object['spec'] as { experiments: { desc?: string }[] };
        object['spec'] = { experiments: experiments.map((it) => ({ ...it, desc: 'theirs' })) };
      }),
    after: () => undefined,
  },
];

const replicas =
  (count: number) =>
  (object: StoredObject): void =>
    void (object['spec'] = { ...(object['spec'] as object), replicas: count });

/** Done to the owner of pods that are killed. */
export const OF_OWNERS: readonly Action[] = [
  {
    name: 'scaled to 0',
    by: 'kubectl',
    isSlow: true,
    act: async (hands) => kubectl(hands, ['scale', 'deployment', 'ratings-v1', '--replicas=0']),
    after: (without) => changed(without, replicas(0)),
  },
  {
    name: 'rolled out anew',
    by: 'kubectl-rollout',
    act: (hands) => hands.put('kubectl-rollout', restart),
    after: (without) => changed(without, restart),
  },
  { name: 'deleted', act: async (hands) => hands.remove(), after: () => undefined },
];

function restart(object: StoredObject): void {
  const spec = object['spec'] as { template: { metadata: { annotations?: object } } };
  const { template } = structuredClone(spec);
  template.metadata.annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T00:00:00Z' };
  object['spec'] = { ...spec, template };
}
