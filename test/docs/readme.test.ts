import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';

const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');

it('the first experiment of the README passes on the sandbox, as the README shows', async () => {
  const [, experiment = ''] = /Save this as `my-first\.yaml`:\n\n```yaml\n([^]*?)```/.exec(readme) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-readme-'));
  try {
    const file = join(folder, 'my-first.yaml');
    await writeFile(file, experiment);
    expect(await runCommandLine(['validate', file])).toMatchObject({
      code: 0,
      stderr: '1 experiment in 1 file: valid\n',
    });
    const run = await runCommandLine(['run', file, '--sandbox']);
    expect(run.stderr).toContain('✓ passed          reviews-slow');
    expect(run.code).toBe(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
