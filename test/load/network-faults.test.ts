import { describe, expect, it } from 'vitest';
import { experimentText } from '../helpers/experiment-text.ts';
import { loadText } from '../helpers/load-text.ts';

async function specOf(fault: string) {
  const { experiments, printed } = await loadText(experimentText({ fault: `    - name: packets\n      ${fault}` }));
  expect(printed).toBe('');
  return experiments[0]?.faults[0]?.spec;
}

describe('a fault below HTTP', () => {
  it('hits a node by name, on eth0 unless told otherwise', async () => {
    expect(await specOf('networkLoss: {node: worker-1, percent: 60, localPort: 31966}')).toEqual({
      driver: 'chaosblade',
      scope: 'node',
      target: 'network',
      action: 'loss',
      select: { names: ['worker-1'] },
      flags: { percent: '60', interface: 'eth0', 'local-port': '31966' },
      allowWholeNode: false,
    });
  });

  it('hits pods by label, with times in milliseconds and ports as ChaosBlade writes them', async () => {
    const pod = '{labels: {app: ratings}, namespace: shop, count: 2, percent: 50}';
    const filters = 'localPort: [80, 8000-8080], destinationIp: [10.0.0.7, 10.1.0.0/16], protocol: tcp, force: true';
    const written = `networkDelay: {pod: ${pod}, time: 1.5s, offset: 100ms, interface: ens3, timeout: 2m, ${filters}}`;
    expect(await specOf(written)).toMatchObject({
      scope: 'pod',
      action: 'delay',
      select: { labels: { app: 'ratings' }, namespace: 'shop', count: 2, percent: 50 },
      flags: {
        time: '1500',
        offset: '100',
        interface: 'ens3',
        'local-port': '80,8000-8080',
        'destination-ip': '10.0.0.7,10.1.0.0/16',
        protocol: 'tcp',
        force: 'true',
      },
      timeout: 120_000,
    });
  });

  it.each([
    ['networkCorrupt: {pod: a, percent: 5}', 'corrupt', { percent: '5' }],
    ['networkDuplicate: {pod: a, percent: 5}', 'duplicate', { percent: '5' }],
    ['networkReorder: {pod: a, percent: 5, correlation: 50, gap: 3}', 'reorder', { correlation: '50', gap: '3' }],
  ])('is written %s', async (written, action, flags) => {
    expect(await specOf(written)).toMatchObject({ target: 'network', action, flags });
  });
});

describe('a ChaosBlade experiment verbatim', () => {
  it('has its selection told from its flags', async () => {
    const matchers = '{names: [a, b], namespace: shop, labels: app=x, evict-count: 1, cpu-percent: 80, timeout: 90}';
    expect(await specOf(`blade: {scope: pod, target: cpu, action: fullload, matchers: ${matchers}}`)).toEqual({
      driver: 'chaosblade',
      scope: 'pod',
      target: 'cpu',
      action: 'fullload',
      select: { names: ['a', 'b'], namespace: 'shop', labels: { app: 'x' }, count: 1 },
      flags: { 'cpu-percent': '80' },
      timeout: 90_000,
      allowWholeNode: false,
    });
  });
});
