import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CASES, titleOf, workOff } from '../helpers/drift/matrix.ts';
import { findKubectls } from '../helpers/kubectl.ts';

/** Of the several hundred cases of `npm run test:drift`, one for each way in which a run must notice and put right. */
const CHOSEN = [
  'VirtualService that is there, our fault edited in place, under the fault',
  'VirtualService that is there, put back within a second, again and again, just after the injection',
  'VirtualService at the gateway, our route renamed, under the fault',
  'delegate VirtualService, edited, in the recovery',
  'VirtualService of the run, label and record taken off, under the fault',
  'setup: edited VirtualService, record taken off, in the baseline',
  'setup: created ConfigMap, deleted, in the baseline',
  'ChaosBlade resource, spec edited, under the fault',
  'owner of killed pods, rolled out anew, under the fault',
];
const WITH_KUBECTL = ['VirtualService that is there, applied again (kubectl apply), under the fault'];

describe('somebody who changes an object of a run', () => {
  it('is named once, with what was changed; theirs stays and ours is gone', async () => {
    setMaxListeners(0);
    const wanted = findKubectls().length === 0 ? CHOSEN : [...CHOSEN, ...WITH_KUBECTL];
    const cases = CASES.filter((it) => wanted.includes(titleOf(it)));
    expect(cases.map(titleOf).sort()).toEqual([...wanted].sort());
    const judged = await workOff(cases, 4);
    expect(judged.filter((it) => it.troubles.length > 0).map((it) => [titleOf(it), ...it.troubles])).toEqual([]);
  }, 240_000);
});
