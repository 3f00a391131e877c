import { describe, expect, it } from 'vitest';
import { describeRef } from '../../src/model/describe-ref.ts';

describe('the name of an object', () => {
  it('is as people say it, with and without a namespace', () => {
    expect(describeRef({ kind: 'Pod', namespace: 'default', name: 'a' })).toBe('Pod default/a');
    expect(describeRef({ kind: 'Node', name: 'worker-1' })).toBe('Node worker-1');
  });
});
