import type { Catalogue } from '../catalogue/catalogue.ts';
import { apiVersionOf } from '../catalogue/kind.ts';
import type { Kind, Schema } from '../catalogue/kind.ts';
import type { JsonObject } from '../json.ts';
import type { Reply } from '../http.ts';
import { ok } from '../http.ts';
import { versionsOf } from './groups.ts';

const V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/**
 * Answers /openapi/v2 and /openapi/v3. The documents hold what kubectl reads: that the server validates fields, and
 * the fields themselves for `explain`. A zero-byte protobuf is a valid v2 document; kubectl up to 1.28 asks for it.
 */
export function openApi(catalogue: Catalogue, path: string): Reply | undefined {
  if (path === '/openapi/v2') return { code: 200, body: Buffer.alloc(0), contentType: V2 };
  if (path === '/openapi/v3') return ok({ paths: index(catalogue) });
  const document = /^\/openapi\/v3\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)$/.exec(path)?.groups;
  if (!document) return undefined;
  const { group = '', version = '' } = document;
  const kinds = catalogue.kinds().filter((kind) => kind.group === group && kind.versions.includes(version));
  return kinds.length === 0 ? undefined : ok(documentOf(kinds, group, version));
}

function index(catalogue: Catalogue): JsonObject {
  const groups = [...new Set(catalogue.kinds().map((kind) => kind.group))];
  const paths = groups.flatMap((group) =>
    versionsOf(catalogue.kinds().filter((kind) => kind.group === group)).map((version) => pathOf(group, version)),
  );
  return Object.fromEntries(paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}` }]));
}

function pathOf(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function documentOf(kinds: readonly Kind[], group: string, version: string): JsonObject {
  return {
    openapi: '3.0.0',
    info: { title: 'Holdfast sandbox', version },
    paths: Object.fromEntries(kinds.flatMap((kind) => pathsOf(kind, version))),
    components: {
      schemas: Object.fromEntries(kinds.map((kind) => [schemaName(kind, version), typeOf(kind, group, version)])),
    },
  };
}

function pathsOf(kind: Kind, version: string): [string, JsonObject][] {
  const root = `/${pathOf(kind.group, version)}`;
  const list = kind.namespaced ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`;
  const operation = (action: string): JsonObject => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version, kind: kind.kind },
    parameters: [
      { name: 'fieldValidation', in: 'query', schema: { type: 'string' } },
      { name: 'dryRun', in: 'query', schema: { type: 'string' } },
    ],
    responses: { 200: { description: 'OK' } },
  });
  return [
    [list, { post: operation('post') }],
    [`${list}/{name}`, { get: operation('get'), put: operation('put'), patch: operation('patch') }],
  ];
}

function schemaName(kind: Kind, version: string): string {
  return `${(kind.group || 'core').split('.').reverse().join('.')}.${version}.${kind.kind}`;
}

function typeOf(kind: Kind, group: string, version: string): JsonObject {
  const fields = typeof kind.schema === 'object' && 'fields' in kind.schema ? kind.schema.fields : {};
  return {
    type: 'object',
    description: `${kind.kind} (${apiVersionOf(group, version)}) as the Holdfast sandbox checks it.`,
    properties: {
      apiVersion: { type: 'string', description: 'Version of the schema.' },
      kind: { type: 'string', description: 'Type of the object.' },
      metadata: { type: 'object', description: 'Name, namespace, labels and annotations.' },
      ...Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, jsonSchema(schema)])),
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: kind.kind }],
  };
}

function jsonSchema(schema: Schema): JsonObject {
  if (schema === 'any') return { description: '' };
  if ('list' in schema) return { type: 'array', description: '', items: jsonSchema(schema.list) };
  if ('map' in schema) return { type: 'object', description: '', additionalProperties: jsonSchema(schema.map) };
  const properties = Object.entries(schema.fields).map(([name, inner]) => [name, jsonSchema(inner)]);
  return { type: 'object', description: '', properties: Object.fromEntries(properties) };
}
