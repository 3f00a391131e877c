import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/model/exit-code.ts';
import type { FindingCode } from '../../../src/model/finding-codes.ts';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import { readyPods } from '../../helpers/bookinfo-world.ts';
import { type Explained, type ExplainedCase, explainedRun } from '../../helpers/explained-run.ts';
import type { TestSandbox } from '../../helpers/start-sandbox.ts';

const kill = (proof = '') => `
    - name: killed
      podKill: { labels: { app: details }, count: 1, gracePeriod: 0s, allowAllReplicas: true }${proof}
`;

function hold({ store }: TestSandbox, pod: StoredObject): void {
  store.update('pods', { ...pod, metadata: { ...pod.metadata, finalizers: ['test/hold'] } });
}

const CASES: readonly [FindingCode, string, RegExp, ExplainedCase][] = [
  [
    'HELD_POD',
    'a finalizer holds the pod back',
    /most likely: Pod details-v1-\S+ is held back by finalizer test\/hold/,
    {
      faults: kill(),
      before: (sandbox) => {
        for (const pod of readyPods(sandbox, 'details')) hold(sandbox, pod);
      },
    },
  ],
  [
    'PROOF_BLIND',
    'the pod is gone and the proof asks for something else',
    /the killed pods are gone or going, and the proof probe was not positive/,
    { faults: kill('\n      proof: { http: { path: /api/v1/products }, expect: { status: 500 } }') },
  ],
];

const told = new Map<ExplainedCase, Explained>();

beforeAll(async () => {
  await Promise.all(CASES.map(async ([, , , it]) => told.set(it, await explainedRun(it))));
}, 120_000);

describe('on the sandbox, a kill that is not shown', () => {
  it.each(CASES)('has the likeliest reason %s when %s', (code, _when, says, it) => {
    const { exitCode, verdict, proof, codes, reasons, junit, terminal } = told.get(it)!;
    expect({ exitCode, verdict }, terminal).toEqual({ exitCode: EXIT.inconclusive, verdict: 'inconclusive' });
    expect({ proof, codes }).toEqual({ proof: code === 'PROOF_BLIND' ? 'contradicted' : 'not-proven', codes: [code] });
    for (const place of [reasons.join('\n'), junit, terminal]) expect(place).toMatch(says);
  });
});
