import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../../helpers/api-request.ts';
import { startSandboxApi } from '../../helpers/sandbox-api.ts';
import type { SandboxApi } from '../../helpers/sandbox-api.ts';

const text = { type: 'string' };
const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'kites.toys.example' },
  spec: {
    group: 'toys.example',
    names: { kind: 'Kite', plural: 'kites' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              metadata: { type: 'object' },
              spec: {
                type: 'object',
                required: ['colour'],
                properties: {
                  colour: { type: 'string', enum: ['red', 'blue'] },
                  length: { type: 'integer' },
                  weight: { type: 'number' },
                  flies: { type: 'boolean' },
                  tails: { type: 'array', items: { type: 'object', properties: { name: text } } },
                  notes: { type: 'object', additionalProperties: text },
                  extra: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
            },
          },
        },
      },
    ],
  },
};
const KITES = '/apis/toys.example/v1/namespaces/default/kites';

describe("a definition's schema", () => {
  let server: SandboxApi;
  beforeAll(async () => {
    server = await startSandboxApi();
    await callApi(server, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: DEFINITION });
  });
  afterAll(() => server.close());

  const post = (spec: unknown, name = 'k') =>
    callApi(server, KITES, { body: { apiVersion: 'toys.example/v1', kind: 'Kite', metadata: { name }, spec } });

  it.each([
    [{}, 'spec.colour: Required value'],
    [{ colour: 'green' }, 'spec.colour: Unsupported value: "green": supported values: "red", "blue"'],
    [{ colour: 7 }, 'spec.colour in body must be of type string: "integer"'],
    [{ colour: 'red', length: 1.5 }, 'spec.length in body must be of type integer: "number"'],
    [{ colour: 'red', weight: 'much' }, 'spec.weight in body must be of type number: "string"'],
    [{ colour: 'red', flies: 'yes' }, 'spec.flies in body must be of type boolean: "string"'],
    [{ colour: 'red', tails: {} }, 'spec.tails in body must be of type array: "object"'],
    [{ colour: 'red', tails: [{ name: 7 }] }, 'spec.tails[0].name in body must be of type string: "integer"'],
    [{ colour: 'red', notes: { a: 7 } }, 'spec.notes.a in body must be of type string: "integer"'],
  ])('refuses %o', async (spec, message) => {
    const answer = await post(spec);
    expect(answer.status).toBe(422);
    expect(answer.json['message']).toContain(message);
  });

  it('prunes the fields that it does not list, and keeps those of open objects and maps', async () => {
    const spec = {
      colour: 'red',
      tails: [{ name: 'long', knots: 3 }],
      notes: { any: 'thing' },
      extra: { deep: { down: 1 } },
      string: 'lost',
    };
    const { status, json } = await post(spec, 'pruned');
    expect(status).toBe(201);
    expect(json['spec']).toEqual({
      colour: 'red',
      tails: [{ name: 'long' }],
      notes: { any: 'thing' },
      extra: { deep: { down: 1 } },
    });
  });

  it('is asked at updates and patches as well', async () => {
    await post({ colour: 'red' }, 'changed');
    const patch = { spec: { colour: 'green' } };
    const headers = { 'content-type': 'application/merge-patch+json' };
    const { status } = await callApi(server, `${KITES}/changed`, { method: 'PATCH', body: patch, headers });
    expect(status).toBe(422);
  });
});
