import { describe, expect, it } from 'vitest';
import { experimentText } from '../helpers/experiment-text.ts';
import { loadText } from '../helpers/load-text.ts';

async function specOf(podKill: string): Promise<unknown> {
  const { experiments, printed } = await loadText(experimentText({ fault: `    - {name: kill, podKill: ${podKill}}` }));
  expect(printed).toBe('');
  return experiments[0]?.faults[0]?.spec;
}

describe('podKill', () => {
  it('kills one of the pods, and spares bare pods and last replicas, unless told otherwise', async () => {
    expect(await specOf('{labels: {app: ratings}}')).toEqual({
      driver: 'pod-kill',
      select: { kind: 'labels', labels: { app: 'ratings' } },
      take: { kind: 'count', count: 1 },
      allowBare: false,
      allowAllReplicas: false,
    });
  });

  it('takes times, a seed and permissions', async () => {
    const written =
      '{names: [a-0], namespace: prod, percent: 50, gracePeriod: 0s, every: 1m, seed: 7, allowBare: true, allowAllReplicas: true, via: kubernetes}';
    expect(await specOf(written)).toEqual({
      driver: 'pod-kill',
      namespace: 'prod',
      select: { kind: 'names', names: ['a-0'] },
      take: { kind: 'percent', percent: 50 },
      gracePeriod: 0,
      every: 60_000,
      seed: 7,
      allowBare: true,
      allowAllReplicas: true,
    });
    expect(await specOf('{labels: {a: b}, all: true}')).toMatchObject({ take: { kind: 'all' } });
  });

  it('can be left to the ChaosBlade operator', async () => {
    const delivered = { driver: 'chaosblade', scope: 'pod', target: 'pod', action: 'delete', allowWholeNode: false };
    expect(await specOf('{labels: {app: ratings}, via: chaosblade}')).toEqual({
      ...delivered,
      select: { labels: { app: 'ratings' }, count: 1 },
      flags: { random: 'true' },
    });
    expect(await specOf('{names: [a, b], namespace: prod, all: true, via: chaosblade}')).toEqual({
      ...delivered,
      select: { names: ['a', 'b'], namespace: 'prod' },
      flags: {},
    });
  });
});
