import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strategicMerge } from '../../../../src/sandbox/api-server/patch/strategic.ts';

const web = { name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] };
const log = { name: 'log', image: 'log:1' };

describe('a strategic merge patch', () => {
  it('merges keyed lists item by item and appends new items', () => {
    const patch = { containers: [{ name: 'web', env: [{ name: 'B', value: '2' }] }, { name: 'new' }] };
    expect(strategicMerge({ containers: [web, log] }, patch)).toEqual({
      containers: [{ ...web, env: [...web.env, { name: 'B', value: '2' }] }, log, { name: 'new' }],
    });
  });

  it('replaces lists without a key and removes with null', () => {
    expect(strategicMerge({ args: ['a', 'b'], x: 1 }, { args: ['c'], x: null })).toEqual({ args: ['c'] });
  });

  it('deletes an item, replaces a list or an object by directive', () => {
    expect(strategicMerge({ containers: [web, log] }, { containers: [{ name: 'web', $patch: 'delete' }] })).toEqual({
      containers: [log],
    });
    const replacing = { containers: [{ $patch: 'replace' }, { name: 'only' }] };
    expect(strategicMerge({ containers: [web, log] }, replacing)).toEqual({ containers: [{ name: 'only' }] });
    expect(strategicMerge({ strategy: { a: 1 } }, { strategy: { $patch: 'replace', b: 2 } })).toEqual({
      strategy: { b: 2 },
    });
  });

  it('orders a list, drops single values and keeps only named fields', () => {
    const order = { '$setElementOrder/containers': [{ name: 'log' }, { name: 'web' }] };
    expect(strategicMerge({ containers: [web, log] }, order)).toEqual({ containers: [log, web] });
    expect(strategicMerge({ finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] })).toEqual({
      finalizers: ['b'],
    });
    const strategy = { $retainKeys: ['type'], type: 'Recreate' };
    expect(strategicMerge({ strategy: { type: 'RollingUpdate', rollingUpdate: {} } }, { strategy })).toEqual({
      strategy: { type: 'Recreate' },
    });
  });

  it('keys the ports of containers and of services each by their own field', () => {
    const container = { ports: [{ containerPort: 80, name: 'a' }] };
    expect(strategicMerge(container, { ports: [{ containerPort: 80, name: 'b' }] })).toEqual({
      ports: [{ containerPort: 80, name: 'b' }],
    });
    expect(strategicMerge({ ports: [{ port: 80 }] }, { ports: [{ port: 81 }] })).toEqual({
      ports: [{ port: 80 }, { port: 81 }],
    });
  });

  it('applied twice is the same as once, and changes none of its arguments', () => {
    fc.assert(
      fc.property(podSpec, podSpec, (target, patch) => {
        const before = structuredClone({ target, patch });
        const once = strategicMerge(target, patch);
        expect(strategicMerge(once, patch)).toEqual(once);
        expect({ target, patch }).toEqual(before);
      }),
    );
  });
});

const container = fc.record(
  { name: fc.constantFrom('a', 'b', 'c'), image: fc.string(), args: fc.array(fc.string(), { maxLength: 2 }) },
  { requiredKeys: ['name'] },
);

const podSpec = fc.record(
  {
    containers: fc.uniqueArray(container, { selector: (each) => each.name, maxLength: 3 }),
    nodeName: fc.option(fc.string()),
    labels: fc.dictionary(fc.constantFrom('x', 'y'), fc.option(fc.string())),
  },
  { requiredKeys: [] },
);
