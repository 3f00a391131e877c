import type { StoredObject } from '../../store.ts';
import type { Cell, Column } from '../catalogue/kind.ts';
import { at, listAt, numberAt, stringAt } from '../json.ts';
import { age } from './age.ts';

/** Columns of `kubectl get pods`. */
export const podColumns: readonly Column[] = [
  { name: 'Ready', cell: readyCount },
  { name: 'Status', cell: podStatus },
  { name: 'Restarts', cell: restarts },
  age,
  { name: 'IP', priority: 1, cell: (pod) => stringAt(pod, ['status', 'podIP'], '<none>') },
  { name: 'Node', priority: 1, cell: (pod) => stringAt(pod, ['spec', 'nodeName'], '<none>') },
  {
    name: 'Nominated Node',
    priority: 1,
    cell: (pod) => stringAt(pod, ['status', 'nominatedNodeName'], '<none>'),
  },
  { name: 'Readiness Gates', priority: 1, cell: () => '<none>' },
];

function readyCount(pod: StoredObject): Cell {
  const ready = listAt(pod, 'status', 'containerStatuses').filter((status) => status['ready'] === true).length;
  return `${ready}/${listAt(pod, 'spec', 'containers').length}`;
}

function restarts(pod: StoredObject): Cell {
  return String(
    listAt(pod, 'status', 'containerStatuses').reduce((sum, status) => sum + numberAt(status, ['restartCount']), 0),
  );
}

function podStatus(pod: StoredObject): Cell {
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  const reasons = listAt(pod, 'status', 'containerStatuses').map(
    (status) => at(status, 'state', 'waiting', 'reason') ?? at(status, 'state', 'terminated', 'reason'),
  );
  const troubled = reasons.find((reason) => typeof reason === 'string');
  return typeof troubled === 'string'
    ? troubled
    : stringAt(pod, ['status', 'reason'], stringAt(pod, ['status', 'phase'], 'Unknown'));
}
