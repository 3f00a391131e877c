import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';

const root = resolve(import.meta.dirname, '../..');
const file = join(root, 'test/fixtures/e2e/trials/slow-ratings.yaml');
const v2 = join(root, 'experiments/manifests/reviews-jason-v2.yaml');
const v3 = join(root, 'experiments/manifests/reviews-jason-v3.yaml');

describe('holdfast verify-fix', () => {
  it('verifies that reviews v3 fixes what v2 breaks, and leaves reports that the journal gives again', async () => {
    const flags = ['--sandbox', '--seed', '7', '--before', v2, '--after', v3, '-o', 'json'];
    const { code, stdout, stderr, folder } = await runCommandLine(['verify-fix', file, ...flags]);
    expect(stderr).toContain('✓ The fix is verified: the experiment failed before and passes after.');
    expect(stderr).toContain('does not count here');
    expect(code).toBe(0);
    const report = await readFile(join(folder, 'reports/report.json'), 'utf8');
    expect(stdout).toBe(report);
    expect(JSON.parse(report)).toMatchObject({
      exitCode: 0,
      conclusion: { command: 'verify-fix', outcome: 'fixed', seed: 7 },
      experiments: [
        { name: 'slow-ratings (before)', verdict: 'failed' },
        { name: 'slow-ratings (after)', verdict: 'passed' },
      ],
    });
    const junit = await readFile(join(folder, 'reports/junit.xml'), 'utf8');
    expect(junit).toContain('part of what verify-fix asks');
    expect(junit).not.toMatch(/<failure|<error/);
    expect((await runCommandLine(['report', 'latest', '--output', join(folder, 'reports')])).code).toBe(0);
    expect(await readFile(join(folder, 'reports/junit.xml'), 'utf8')).toBe(junit);
  }, 90_000);
});
