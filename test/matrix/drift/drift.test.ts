import { setMaxListeners } from 'node:events';
import { expect, it } from 'vitest';
import { CASES, titleOf, workOff } from '../../helpers/drift/matrix.ts';
import { findKubectls } from '../../helpers/kubectl.ts';
import { printMatrix } from '../../helpers/drift/print-matrix.ts';

/** `DRIFT='ConfigMap.*baseline' npm run test:drift` takes a part: an expression on the title of a case. */
const PART = new RegExp(process.env['DRIFT'] ?? '');
const LANES = Number(process.env['DRIFT_LANES'] ?? 4);

it('whatever somebody does to an object of a run, it is told once, theirs stays and ours is gone', async () => {
  setMaxListeners(0);
  const hasKubectl = findKubectls().length > 0;
  if (!hasKubectl) process.stderr.write('There is no kubectl: what is done with it is left out.\n');
  const cases = CASES.filter((it) => PART.test(titleOf(it)) && (hasKubectl || it.action.isSlow !== true));
  const judged = await workOff(cases, LANES, (it) => {
    if (it.troubles.length > 0) process.stderr.write(`${titleOf(it)}: ${it.troubles.join('\n  ')}\n`);
  });
  printMatrix(judged);
  expect(judged.filter((it) => it.troubles.length > 0).map(titleOf)).toEqual([]);
  expect(judged).toHaveLength(cases.length);
});
