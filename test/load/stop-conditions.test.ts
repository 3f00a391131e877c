import { describe, expect, it } from 'vitest';
import { experimentText } from '../helpers/experiment-text.ts';
import { loadText } from '../helpers/load-text.ts';

async function load(abortWhen: string, phases = '{fault: 10s}') {
  const { experiments, printed } = await loadText(
    experimentText({ spec: `  phases: ${phases}\n  abortWhen:\n${abortWhen}` }),
  );
  expect(printed).toBe('');
  return experiments[0]?.abortWhen;
}

describe('stop conditions', () => {
  it('look at a probe, or send requests of their own', async () => {
    const abortWhen = await load(`    - name: users wait
      probe: page
      window: 8s
      latency: {p50: '> 8s'}
      errors: {timeout: '> 50%'}
      minSamples: 6
    - name: nobody gets a page
      http: {path: /productpage}
      rate: 10/s
      expect: {status: 2xx, within: 3s}
      good: '< 50%'
      statuses: {5xx: '> 20%'}`);
    expect(abortWhen).toMatchObject([
      {
        name: 'users wait',
        watched: { kind: 'probe', probe: 'page' },
        window: 8000,
        when: { latency: { p50: { op: '>', value: 8000 } }, errors: { timeout: { op: '>', value: 0.5 } } },
        minSamples: 6,
        line: 8,
      },
      {
        name: 'nobody gets a page',
        watched: {
          kind: 'canary',
          http: { path: '/productpage', timeout: 10_000 },
          pacing: { kind: 'open', perSecond: 10 },
          expect: { status: [{ kind: 'class', digit: 2 }], within: 3000 },
        },
        window: 5000,
        when: { good: { op: '<', value: 0.5 }, statuses: { '5xx': { op: '>', value: 0.2 } } },
        line: 14,
      },
    ]);
    expect(abortWhen?.[1]).not.toHaveProperty('minSamples');
  });

  it('look back over the whole fault phase where that is shorter than their window by default', async () => {
    const text = `    - {name: down, http: {path: /}, rate: 10/s, expect: {status: 200}, good: '< 50%'}`;
    expect(await load(text, '{fault: 2s}')).toMatchObject([{ window: 2000 }]);
  });
});
