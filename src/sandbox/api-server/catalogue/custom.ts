import type { StoredObject } from '../../store.ts';
import { at, isObject, listAt, stringAt, stringsAt } from '../json.ts';
import { age, ago } from '../tables/age.ts';
import { knownFields, structuralSchema } from '../validation/structural-schema.ts';
import { kindOf, statusOf } from './kind.ts';
import type { Column, Kind } from './kind.ts';

/** The kind a CustomResourceDefinition defines, or undefined when it is incomplete. */
export function kindFromDefinition(definition: StoredObject): Kind | undefined {
  const names = at(definition, 'spec', 'names');
  const group = stringAt(definition, ['spec', 'group']);
  const kind = stringAt(names, ['kind']);
  const plural = stringAt(names, ['plural']);
  const served = listAt(definition, 'spec', 'versions').filter((version) => version['served'] !== false);
  if (!group || !kind || !plural || served.length === 0) return undefined;
  const columns = listAt(served[0], 'additionalPrinterColumns').map(columnOf);
  const structure = structuralSchema(at(served[0], 'schema', 'openAPIV3Schema'));
  return kindOf({
    group,
    kind,
    plural,
    versions: served.map((version) => stringAt(version, ['name'])),
    singular: stringAt(names, ['singular'], kind.toLowerCase()),
    shortNames: stringsAt(names, 'shortNames'),
    categories: stringsAt(names, 'categories'),
    namespaced: stringAt(definition, ['spec', 'scope']) === 'Namespaced',
    subresources: served.some((version) => isObject(at(version, 'subresources', 'status'))) ? [statusOf(kind)] : [],
    custom: true,
    columns: columns.length > 0 ? columns : [age],
    schema: knownFields(structure),
    structure,
  });
}

/** The definition that a real cluster would hold for a custom kind of the catalogue. */
export function definitionOf(kind: Kind): StoredObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: [...kind.shortNames],
        categories: [...kind.categories],
      },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      versions: kind.versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      })),
    },
    status: establishedStatus(kind.kind, kind.plural),
  };
}

/** The status with which `kubectl wait --for condition=established crd/...` is content. */
export function establishedStatus(kind: string, plural: string): unknown {
  const condition = { status: 'True', lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z') };
  return {
    acceptedNames: { kind, plural },
    conditions: [
      { ...condition, type: 'NamesAccepted', reason: 'NoConflicts', message: 'no conflicts found' },
      {
        ...condition,
        type: 'Established',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
      },
    ],
  };
}

/** `.spec.a.b` paths only: filters and indexes show nothing, as a path without a match does. */
function columnOf(column: unknown): Column {
  const path = stringAt(column, ['jsonPath']).split('.').filter(Boolean);
  const date = stringAt(column, ['type']) === 'date';
  return {
    name: stringAt(column, ['name']),
    priority: at(column, 'priority') === 1 ? 1 : 0,
    cell: (object) => {
      const value = at(object, ...path);
      if (date) return ago(value);
      if (value === undefined || value === null) return '';
      return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
    },
  };
}
