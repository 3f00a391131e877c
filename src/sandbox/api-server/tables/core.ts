import type { StoredObject } from '../../store.ts';
import type { Cell, Column } from '../catalogue/kind.ts';
import { at, isObject, listAt, numberAt, stringAt, stringsAt } from '../json.ts';
import { age, ago } from './age.ts';
import { joined, pairs } from './cells.ts';

export const namespaceColumns: readonly Column[] = [
  { name: 'Status', cell: (object) => stringAt(object, ['status', 'phase'], 'Active') },
  age,
];

export const serviceColumns: readonly Column[] = [
  { name: 'Type', cell: (service) => stringAt(service, ['spec', 'type'], 'ClusterIP') },
  { name: 'Cluster-IP', cell: (service) => stringAt(service, ['spec', 'clusterIP'], '<none>') },
  { name: 'External-IP', cell: externalIp },
  { name: 'Port(s)', cell: servicePorts },
  age,
  { name: 'Selector', priority: 1, cell: (service) => pairs(at(service, 'spec', 'selector')) },
];

export const endpointsColumns: readonly Column[] = [{ name: 'Endpoints', cell: endpoints }, age];

export const endpointSliceColumns: readonly Column[] = [
  { name: 'AddressType', cell: (slice) => stringAt(slice, ['addressType']) },
  {
    name: 'Ports',
    cell: (slice) =>
      joined(
        listAt(slice, 'ports').map((port) => String(port['port'])),
        '<unset>',
      ),
  },
  {
    name: 'Endpoints',
    cell: (slice) =>
      joined(
        listAt(slice, 'endpoints').flatMap((each) => stringsAt(each, 'addresses')),
        '<unset>',
      ),
  },
  age,
];

export const nodeColumns: readonly Column[] = [
  { name: 'Status', cell: nodeStatus },
  { name: 'Roles', cell: nodeRoles },
  age,
  { name: 'Version', cell: (node) => stringAt(node, ['status', 'nodeInfo', 'kubeletVersion']) },
  { name: 'Internal-IP', priority: 1, cell: (node) => address(node, 'InternalIP') },
  { name: 'External-IP', priority: 1, cell: (node) => address(node, 'ExternalIP') },
  { name: 'OS-Image', priority: 1, cell: (node) => stringAt(node, ['status', 'nodeInfo', 'osImage'], '<unknown>') },
  {
    name: 'Kernel-Version',
    priority: 1,
    cell: (node) => stringAt(node, ['status', 'nodeInfo', 'kernelVersion'], '<unknown>'),
  },
  {
    name: 'Container-Runtime',
    priority: 1,
    cell: (node) => stringAt(node, ['status', 'nodeInfo', 'containerRuntimeVersion'], '<unknown>'),
  },
];

export const configMapColumns: readonly Column[] = [{ name: 'Data', type: 'integer', cell: dataCount }, age];

export const secretColumns: readonly Column[] = [
  { name: 'Type', cell: (secret) => stringAt(secret, ['type'], 'Opaque') },
  { name: 'Data', type: 'integer', cell: dataCount },
  age,
];

export const serviceAccountColumns: readonly Column[] = [
  { name: 'Secrets', type: 'integer', cell: (account) => listAt(account, 'secrets').length },
  age,
];

export const eventColumns: readonly Column[] = [
  {
    name: 'Last Seen',
    cell: (event) => ago(event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp),
  },
  { name: 'Type', cell: (event) => stringAt(event, ['type']) },
  { name: 'Reason', cell: (event) => stringAt(event, ['reason']) },
  { name: 'Object', cell: involvedObject },
  { name: 'Message', cell: (event) => stringAt(event, ['message']).trim() },
  {
    name: 'Source',
    priority: 1,
    cell: (event) => stringAt(event, ['source', 'component'], stringAt(event, ['reportingComponent'])),
  },
  { name: 'Count', priority: 1, type: 'integer', cell: (event) => numberAt(event, ['count'], 1) },
  { name: 'Name', priority: 1, cell: (event) => event.metadata.name },
];

function externalIp(service: StoredObject): Cell {
  const given = [
    ...listAt(service, 'status', 'loadBalancer', 'ingress').map((each) =>
      stringAt(each, ['ip'], stringAt(each, ['hostname'])),
    ),
    ...stringsAt(service, 'spec', 'externalIPs'),
  ];
  const type = stringAt(service, ['spec', 'type']);
  if (type === 'ExternalName') return stringAt(service, ['spec', 'externalName'], '<none>');
  return joined(given, type === 'LoadBalancer' ? '<pending>' : '<none>');
}

function servicePorts(service: StoredObject): Cell {
  return joined(
    listAt(service, 'spec', 'ports').map((port) => {
      const node = numberAt(port, ['nodePort']);
      return `${numberAt(port, ['port'])}${node > 0 ? `:${node}` : ''}/${stringAt(port, ['protocol'], 'TCP')}`;
    }),
    '<none>',
  );
}

function endpoints(object: StoredObject): Cell {
  const pairsOfAll = listAt(object, 'subsets').flatMap((subset) =>
    listAt(subset, 'addresses').flatMap((each) =>
      listAt(subset, 'ports').map((port) => `${stringAt(each, ['ip'])}:${String(port['port'])}`),
    ),
  );
  const more = pairsOfAll.length > 3 ? ` + ${pairsOfAll.length - 3} more...` : '';
  return joined(pairsOfAll.slice(0, 3), '<none>') + more;
}

function nodeStatus(node: StoredObject): Cell {
  const ready = listAt(node, 'status', 'conditions').find((condition) => condition['type'] === 'Ready');
  const word = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${word},SchedulingDisabled` : word;
}

function nodeRoles(node: StoredObject): Cell {
  const prefix = 'node-role.kubernetes.io/';
  const labels = Object.keys(node.metadata.labels ?? {}).filter((label) => label.startsWith(prefix));
  return joined(labels.map((label) => label.slice(prefix.length)).sort(), '<none>');
}

function address(node: StoredObject, type: string): Cell {
  const found = listAt(node, 'status', 'addresses').find((each) => each['type'] === type);
  return stringAt(found, ['address'], '<none>');
}

function dataCount(object: StoredObject): Cell {
  return [object['data'], object['binaryData']].reduce<number>(
    (sum, data) => sum + (isObject(data) ? Object.keys(data).length : 0),
    0,
  );
}

function involvedObject(event: StoredObject): Cell {
  return `${stringAt(event, ['involvedObject', 'kind']).toLowerCase()}/${stringAt(event, ['involvedObject', 'name'])}`;
}
