import pLimit from 'p-limit';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/model/exit-code.ts';
import type { FindingCode } from '../../../src/model/finding-codes.ts';
import type { StoredObject } from '../../../src/sandbox/store.ts';
import { readyPods } from '../../helpers/bookinfo-world.ts';
import { type Explained, type ExplainedCase, explainedRun } from '../../helpers/explained-run.ts';
import type { TestSandbox } from '../../helpers/start-sandbox.ts';
import { until } from '../../helpers/until.ts';

const slow = (rest: string) => `
    - name: slow packets
      networkDelay: { pod: { labels: { app: details } }, time: 900ms${rest} }
      proof:
        http: { path: /api/v1/products/0, timeout: 5s }
        expect: { latency: { min: '>= 800ms' } }
`;

function misbehave({ store }: TestSandbox, data: Readonly<Record<string, string>>): void {
  const metadata = { name: 'holdfast-sandbox-chaosblade', namespace: 'chaosblade' };
  store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
}

/** The tool pods go, and none comes in their place. */
async function dropTools({ store }: TestSandbox): Promise<void> {
  const tools = () =>
    store.list('pods', 'chaosblade').filter(({ metadata }) => metadata.labels?.['app'] === 'chaosblade-tool');
  for (const { metadata } of store.list('daemonsets.apps', 'chaosblade')) {
    store.remove('daemonsets.apps', 'chaosblade', metadata.name);
  }
  for (const { metadata } of tools()) store.remove('pods', 'chaosblade', metadata.name);
  await until('the tool pods are gone', () =>
    tools().every(({ metadata }) => metadata.deletionTimestamp !== undefined),
  );
}

async function replaceDetails(sandbox: TestSandbox): Promise<void> {
  const [old] = readyPods(sandbox, 'details') as StoredObject[];
  sandbox.store.remove('pods', 'default', old?.metadata.name ?? '');
  await until(
    'another details pod is ready',
    () =>
      readyPods(sandbox, 'details').some(({ metadata }) => metadata.uid !== old?.metadata.uid) &&
      !sandbox.store.list('pods', 'default').some(({ metadata }) => metadata.uid === old?.metadata.uid),
    40_000,
  );
}

/** The likeliest reason, if any; when; whether the fault was seen not to act; what is said. */
const CASES: readonly [FindingCode | undefined, string, 'contradicted' | 'not-proven', RegExp, ExplainedCase][] = [
  [
    undefined,
    'the status says success and nothing was done',
    'contradicted',
    /the operator says that it is injected on Pod default\/details-v1-\S+, and the proof probe shows nothing of it/,
    { faults: slow(', interface: eth0'), before: (it) => misbehave(it, { 'no-effect': 'true' }) },
  ],
  [
    'INTERFACE_UNUSED',
    'it shapes a device that no request comes through',
    'contradicted',
    /Through lo goes only what a machine sends to itself/,
    { faults: slow(', interface: lo') },
  ],
  [
    'PORT_UNUSED',
    'it is narrowed to a port that nobody listens on',
    'contradicted',
    /No container of the targets and no Service of theirs has port 9999 \(local-port\); there are 9080/,
    { faults: slow(', interface: eth0, localPort: 9999') },
  ],
  [
    'FAULT_OVER',
    'somebody deleted it',
    'not-proven',
    /is gone: somebody deleted it/,
    {
      faults: slow(', interface: eth0, localPort: 9080'),
      before: (it) => misbehave(it, { 'no-effect': 'true' }),
      meanwhile: ({ store }) => {
        const [blade] = store.list('chaosblades.chaosblade.io');
        store.remove('chaosblades.chaosblade.io', undefined, blade?.metadata.name ?? '');
      },
    },
  ],
  [
    'TOOL_MISSING',
    'the tool pods went away',
    'contradicted',
    /No tool pod \(app=chaosblade-tool\) runs on node|The tool pod on node/,
    { faults: slow(', interface: eth0'), before: (it) => misbehave(it, { 'no-effect': 'true' }), meanwhile: dropTools },
  ],
  [
    'POD_NOT_RUNNING',
    'another pod has taken the place of the one that was hit',
    'contradicted',
    /Pod default\/details-v1-\S+, which the fault is in, is not there any more/,
    { faults: slow(', interface: eth0'), meanwhile: replaceDetails },
  ],
];

const told = new Map<ExplainedCase, Explained>();

beforeAll(async () => {
  const limit = pLimit(3);
  const all = CASES.map(([, , , , it]) => it);
  await Promise.all(all.map(async (it) => limit(async () => told.set(it, await explainedRun(it)))));
}, 240_000);

/** Here the operator cannot destroy the fault either, which is said first. */
const LEFT_BEHIND: readonly (FindingCode | undefined)[] = ['TOOL_MISSING', 'POD_NOT_RUNNING'];

describe('on the sandbox, a ChaosBlade fault that is not shown to bite', () => {
  it.each(CASES)('has the likeliest reason %s when %s', (code, _when, proof, says, it) => {
    const { exitCode, verdict, codes, reasons, junit, terminal, ...found } = told.get(it)!;
    const isLeft = LEFT_BEHIND.includes(code);
    const expected = isLeft ? ['rollback-failed', EXIT.dirty] : ['inconclusive', EXIT.inconclusive];
    expect([verdict, exitCode], terminal).toEqual(expected);
    expect({ proof: found.proof, code: codes[0] }, terminal).toEqual({ proof, code });
    for (const place of [...(isLeft ? [] : [reasons.join('\n')]), junit, terminal]) expect(place).toMatch(says);
  });
});
