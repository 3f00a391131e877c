import { describe, expect, it } from 'vitest';
import { createNetwork } from '../../../src/sandbox/wire/create-network.ts';

describe('the pod network', () => {
  it('leads from a pod address to the loopback port behind it', () => {
    const network = createNetwork();
    network.bind('10.244.1.5', 9080, 40_001);
    network.bind('10.244.1.5', 15_020, 40_002);
    expect(network.lookup('10.244.1.5', 9080)).toBe(40_001);
    expect(network.lookup('10.244.1.5', 15_020)).toBe(40_002);
    expect(network.lookup('10.244.1.6', 9080)).toBeUndefined();
  });

  it('refuses every port of an address that is gone, and serves it again when bound anew', () => {
    const network = createNetwork();
    network.bind('10.244.1.5', 9080, 40_001);
    network.unbind('10.244.1.5');
    expect(network.lookup('10.244.1.5', 9080)).toBeUndefined();
    network.bind('10.244.1.5', 9080, 40_003);
    expect(network.lookup('10.244.1.5', 9080)).toBe(40_003);
  });
});
