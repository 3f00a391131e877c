import type { StoredObject } from '../../store.ts';
import type { Column } from '../catalogue/kind.ts';
import { at, listAt, numberAt, stringAt } from '../json.ts';
import { age } from './age.ts';
import { joined, pairs } from './cells.ts';

const wide: readonly Column[] = [
  { name: 'Containers', priority: 1, cell: (object) => containers(object, 'name') },
  { name: 'Images', priority: 1, cell: (object) => containers(object, 'image') },
  { name: 'Selector', priority: 1, cell: (object) => pairs(at(object, 'spec', 'selector', 'matchLabels')) },
];

export const deploymentColumns: readonly Column[] = [
  {
    name: 'Ready',
    cell: (object) => `${numberAt(object, ['status', 'readyReplicas'])}/${numberAt(object, ['spec', 'replicas'], 1)}`,
  },
  { name: 'Up-to-date', type: 'integer', cell: (object) => numberAt(object, ['status', 'updatedReplicas']) },
  { name: 'Available', type: 'integer', cell: (object) => numberAt(object, ['status', 'availableReplicas']) },
  age,
  ...wide,
];

export const replicaSetColumns: readonly Column[] = [
  { name: 'Desired', type: 'integer', cell: (object) => numberAt(object, ['spec', 'replicas'], 1) },
  { name: 'Current', type: 'integer', cell: (object) => numberAt(object, ['status', 'replicas']) },
  { name: 'Ready', type: 'integer', cell: (object) => numberAt(object, ['status', 'readyReplicas']) },
  age,
  ...wide,
];

export const daemonSetColumns: readonly Column[] = [
  ...(
    [
      ['Desired', 'desiredNumberScheduled'],
      ['Current', 'currentNumberScheduled'],
      ['Ready', 'numberReady'],
      ['Up-to-date', 'updatedNumberScheduled'],
      ['Available', 'numberAvailable'],
    ] as const
  ).map(([name, field]): Column => ({ name, type: 'integer', cell: (set) => numberAt(set, ['status', field]) })),
  {
    name: 'Node Selector',
    cell: (object) => pairs(at(object, 'spec', 'template', 'spec', 'nodeSelector')),
  },
  age,
  ...wide,
];

function containers(object: StoredObject, field: 'name' | 'image'): string {
  const all = listAt(object, 'spec', 'template', 'spec', 'containers');
  return joined(
    all.map((container) => stringAt(container, [field])),
    '<none>',
  );
}
