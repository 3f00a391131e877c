import { describe, expect, it } from 'vitest';
import { recoverCommand } from '../../src/cluster/cluster.ts';

describe('the recover command we print', () => {
  it.each([
    [
      'kubectl --kubeconfig /tmp/k --context staging',
      'r1',
      'holdfast recover --kubeconfig /tmp/k --context staging --run r1',
    ],
    ['kubectl --context staging', undefined, 'holdfast recover --context staging'],
    ['kubectl', 'r1', 'holdfast recover --context staging --run r1'],
  ])('for a cluster that %s reaches, run %s', (kubectl, run, command) => {
    expect(recoverCommand({ kubectl, context: 'staging' }, run)).toBe(command);
  });
});
