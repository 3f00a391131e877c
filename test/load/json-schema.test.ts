import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { experimentJsonSchema } from '../../src/load/json-schema.ts';
import type { ExperimentDocument } from '../../src/load/schema/experiment.ts';
import type { Experiment } from '../../src/model/experiment.ts';
import type { Fault } from '../../src/model/fault.ts';
import type { HypothesisProbe } from '../../src/model/hypothesis.ts';

const root = join(import.meta.dirname, '../..');
const schema = experimentJsonSchema();

describe('the JSON Schema for editors', () => {
  it('is the one in the repository: npm run schema writes it', () => {
    expect(readFileSync(join(root, 'schema/experiment.schema.json'), 'utf8')).toBe(schema);
  });

  it('is draft-07, refuses unknown keys and lets references stand where values will', () => {
    const { $schema, additionalProperties, definitions } = JSON.parse(schema);
    expect([$schema, additionalProperties]).toEqual(['http://json-schema.org/draft-07/schema#', false]);
    expect(Object.keys(definitions)).toEqual(
      expect.arrayContaining(['Expectation', 'HttpMatch', 'HttpRequest', 'Json', 'StringMatch']),
    );
    const within = new RegExp(definitions.Expectation.properties.within.pattern);
    expect(['3s', '1m30s', '${var:limit}', '${var:n}s'].every((text) => within.test(text))).toBe(true);
    expect(['3', '3 s', '3sec'].some((text) => within.test(text))).toBe(false);
  });

  it('has every key explained in docs/format.md', () => {
    const documented = readFileSync(join(root, 'docs/format.md'), 'utf8');
    const missing = keysIn(JSON.parse(schema)).filter(
      (key) => !new RegExp(`\\b${key}\\b`).test(documented.replaceAll('$schema', 'schema')),
    );
    expect(missing).toEqual([]);
  });
});

describe('the schema and the model', () => {
  it('agree on every part', () => {
    type Spec = ExperimentDocument['spec'];
    expectTypeOf<Spec['hypothesis'][number]>().toEqualTypeOf<Omit<HypothesisProbe, 'line'>>();
    expectTypeOf<Spec['faults'][number]>().toEqualTypeOf<Omit<Fault, 'line'>>();
    expectTypeOf<NonNullable<Spec['ingress']>>().toEqualTypeOf<Experiment['ingress']>();
    expectTypeOf<NonNullable<Spec['phases']>>().toEqualTypeOf<Experiment['phases']>();
    expectTypeOf<NonNullable<Spec['expected']>>().toEqualTypeOf<NonNullable<Experiment['expected']>>();
    expectTypeOf<NonNullable<Spec['sessions']>[string]>().toEqualTypeOf<Experiment['sessions'][string]>();
  });
});

/** Every property name of a JSON Schema, wherever it stands. */
function keysIn(node: unknown): string[] {
  if (node === null || typeof node !== 'object') return [];
  const properties =
    'properties' in node && node.properties !== null && typeof node.properties === 'object' ? node.properties : {};
  const own = Object.keys(properties).map((key) => key.replace('$', ''));
  return [...new Set([...own, ...Object.values(node).flatMap(keysIn)])];
}
