import { describe, expect, it } from 'vitest';
import { objectChange } from '../../src/undo/diff.ts';

describe('the diff of a planned change', () => {
  it('writes out what stands in the object twice, without YAML anchors', () => {
    const route = [{ destination: { host: 'ratings' } }];
    const metadata = { name: 'ratings', namespace: 'default' };
    const before = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata,
      spec: { http: [{ route }] },
    };
    const fault = { name: 'holdfast-1', fault: { abort: { httpStatus: 500 } }, route };
    const { verb, diff } = objectChange(before, { ...before, spec: { http: [fault, { route }] } });
    expect(verb).toBe('update');
    expect(diff).not.toMatch(/[&*]a\d/);
    expect(diff.split('\n').filter((line) => line.startsWith('-'))).toEqual(['--- VirtualService default/ratings']);
  });
});
