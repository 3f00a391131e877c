import { at, stringAt } from '../json.ts';
import { age } from '../tables/age.ts';
import { destinationRuleSchema, gatewaySchema, virtualServiceSchema } from '../validation/istio-schemas.ts';
import { kindOf, statusOf } from './kind.ts';
import type { Column, Kind } from './kind.ts';

/** One stored object served in three versions, v1 preferred, as Istio 1.22 and later do. */
const networking = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  categories: ['istio-io', 'networking-istio-io'],
  custom: true,
} as const;

/** Istio's traffic kinds. */
export const istioKinds: readonly Kind[] = [
  kindOf({
    ...networking,
    kind: 'VirtualService',
    plural: 'virtualservices',
    shortNames: ['vs'],
    subresources: [statusOf('VirtualService')],
    columns: [listColumn('Gateways', 'gateways'), listColumn('Hosts', 'hosts'), age],
    schema: virtualServiceSchema,
  }),
  kindOf({
    ...networking,
    kind: 'DestinationRule',
    plural: 'destinationrules',
    shortNames: ['dr'],
    subresources: [statusOf('DestinationRule')],
    columns: [{ name: 'Host', cell: (rule) => stringAt(rule, ['spec', 'host']) }, age],
    schema: destinationRuleSchema,
  }),
  kindOf({
    ...networking,
    kind: 'Gateway',
    plural: 'gateways',
    shortNames: ['gw'],
    subresources: [statusOf('Gateway')],
    columns: [age],
    schema: gatewaySchema,
  }),
];

/** A custom resource's JSONPath column shows a list as JSON. */
function listColumn(name: string, field: string): Column {
  return {
    name,
    cell: (object) => {
      const list = at(object, 'spec', field);
      return list === undefined ? '' : JSON.stringify(list);
    },
  };
}
