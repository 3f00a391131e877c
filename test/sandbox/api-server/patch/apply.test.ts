import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyConfiguration } from '../../../../src/sandbox/api-server/patch/apply.ts';
import { fieldPaths, fromFieldsV1, toFieldsV1 } from '../../../../src/sandbox/api-server/patch/field-paths.ts';
import { trackUpdate } from '../../../../src/sandbox/api-server/patch/managed-fields.ts';
import type { StoredObject } from '../../../../src/sandbox/store.ts';

const by = (manager: string, force = false) => ({ manager, apiVersion: 'apps/v1', force, custom: false });

describe('server-side apply', () => {
  it('makes an object what its one manager last applied', () => {
    fc.assert(
      fc.property(configuration, configuration, (first, second) => {
        const applied = applyConfiguration(applyConfiguration(undefined, first, by('me')), second, by('me'));
        expect(content(applied)).toEqual(content(applyConfiguration(undefined, second, by('me'))));
      }),
    );
  });

  it('never takes away or changes what another manager owns, unless forced', () => {
    fc.assert(
      fc.property(configuration, configuration, configuration, (theirs, mine, mineLater) => {
        const owned = applyConfiguration(undefined, theirs, by('them'));
        let result: StoredObject;
        try {
          result = applyConfiguration(applyConfiguration(owned, mine, by('me')), mineLater, by('me'));
        } catch (error) {
          expect(error).toMatchObject({ code: 409, reason: 'Conflict' });
          return;
        }
        const after = fieldPaths(result, false);
        // An empty spec of theirs may have got content of mine.
        const values = [...fieldPaths(theirs, false)].filter(([path]) => path !== 'f:spec');
        for (const [path, value] of values) expect([path, after.get(path)]).toEqual([path, value]);
      }),
    );
  });

  it('leaves a field in place that its second owner gives up', () => {
    const shared = objectWith({ replicas: 3, paused: true });
    const both = applyConfiguration(applyConfiguration(undefined, shared, by('them')), shared, by('me'));
    expect(applyConfiguration(both, objectWith({ paused: true }), by('me'))['spec']).toEqual(shared['spec']);
    expect(applyConfiguration(both, objectWith({}), by('them'))['spec']).toEqual(shared['spec']);
  });

  it('leaves a list item that somebody else has changed since, but not what it applied in it alone', () => {
    const made = applyConfiguration(
      undefined,
      objectWith({ containers: [{ name: 'web', image: '1', tty: true }] }),
      by('me'),
    );
    const edited = structuredClone(made);
    edited['spec'] = { containers: [{ name: 'web', image: '2', tty: true }] };
    trackUpdate(made, edited, { manager: 'editor', apiVersion: 'apps/v1', custom: false });
    expect(applyConfiguration(edited, objectWith({}), by('me'))['spec']).toEqual({
      containers: [{ name: 'web', image: '2' }],
    });
    expect(applyConfiguration(made, objectWith({}), by('me'))['spec']).toEqual({});
  });

  it('takes a field named __proto__ for what it is and touches no prototype', () => {
    const hostile = objectWith(JSON.parse('{"__proto__": {"polluted": true}}'));
    applyConfiguration(applyConfiguration(undefined, objectWith({}), by('me')), hostile, by('me'));
    expect({}).not.toHaveProperty('polluted');
  });

  it('leaves the empty object that another manager owns', () => {
    const both = applyConfiguration(
      applyConfiguration(undefined, objectWith({}), by('them')),
      objectWith({ a: 1 }),
      by('me'),
    );
    expect(applyConfiguration(both, objectWith({}), by('me'))['spec']).toEqual({});
  });

  it('says which field of which list item conflicts with whom', () => {
    const theirs = applyConfiguration(undefined, objectWith({ containers: [{ name: 'web', image: '1' }] }), by('them'));
    const mine = objectWith({ containers: [{ name: 'web', image: '2' }] });
    expect(() => applyConfiguration(theirs, mine, by('me'))).toThrow(
      'Apply failed with 1 conflict: conflict with "them" using apps/v1: .spec.containers[name="web"].image',
    );
    const forced = applyConfiguration(theirs, mine, by('me', true));
    expect(forced['spec']).toEqual(mine['spec']);
  });

  it('treats every list of a custom resource as one value', () => {
    const custom = { ...by('me'), custom: true };
    const first = applyConfiguration(undefined, objectWith({ containers: [{ name: 'a' }, { name: 'b' }] }), custom);
    const second = applyConfiguration(first, objectWith({ containers: [{ name: 'c' }] }), custom);
    expect(second['spec']).toEqual({ containers: [{ name: 'c' }] });
  });

  it('writes field paths as fieldsV1 and reads them again', () => {
    fc.assert(
      fc.property(configuration, (object) => {
        const paths = [...fieldPaths(object, false).keys()].sort();
        expect(fromFieldsV1(toFieldsV1(paths)).sort()).toEqual(paths);
      }),
    );
  });
});

function objectWith(spec: unknown): StoredObject {
  return { apiVersion: 'apps/v1', kind: 'Thing', metadata: { name: 'x' }, spec };
}

/** Without ownership, and with empty parents left out: whether they stay is nobody's concern. */
function content(object: StoredObject): unknown {
  const paths = [...fieldPaths(object, false)].filter(([, value]) => JSON.stringify(value) !== '{}');
  return paths.sort(([a], [b]) => a.localeCompare(b));
}

const item = fc.record(
  { name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('1', '2') },
  { requiredKeys: ['name'] },
);

const configuration = fc
  .record(
    {
      containers: fc.uniqueArray(item, { selector: (each) => each.name, minLength: 1, maxLength: 3 }),
      args: fc.array(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 2 }),
      replicas: fc.nat({ max: 3 }),
      selector: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('1', '2'), { minKeys: 1 }),
    },
    { requiredKeys: [] },
  )
  .map(objectWith);
