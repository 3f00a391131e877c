import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { testIo } from '../helpers/test-io.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('finds no trap in any experiment of the gallery', async () => {
  const io = testIo({ cwd: root });
  await runCli(['validate', 'experiments', '-o', 'json'], io);
  const { valid, experiments, diagnostics } = JSON.parse(io.out());
  expect(diagnostics).toEqual([]);
  expect([valid, experiments.length > 15]).toEqual([true, true]);
});
