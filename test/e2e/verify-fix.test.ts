import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine, startCommandLine } from '../helpers/command-line.ts';
import { startTestSandbox } from '../helpers/start-sandbox.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const root = resolve(import.meta.dirname, '../..');
const file = join(root, 'test/fixtures/e2e/trials/slow-ratings.yaml');
const quick = join(root, 'test/fixtures/e2e/abort/experiment.yaml');
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
      seed: 7,
      conclusion: { command: 'verify-fix', outcome: 'fixed' },
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

  it('runs each side on the cluster of its context, and is red when nothing failed before', async () => {
    const sandboxes = await Promise.all([startTestSandbox(), startTestSandbox()]);
    try {
      const names = ['old', 'new'];
      const files = sandboxes.map(({ kubeconfigPath, context }, index) =>
        readFileSync(kubeconfigPath, 'utf8').replaceAll(context, names[index] ?? ''),
      );
      const folder = tempFolder({ old: files[0] ?? '', new: files[1] ?? '' });
      const line = await startCommandLine(
        ['verify-fix', quick, '--before-context', 'old', '--after-context', 'new', '-o', 'json'],
        { KUBECONFIG: `${folder}/old:${folder}/new` },
      );
      const { code, stdout, stderr } = await line.ended;
      expect(stderr).toContain('The experiment does not show the weakness');
      expect(code).toBe(1);
      const { experiments } = JSON.parse(stdout) as { experiments: { verdict: string; target: unknown }[] };
      expect(experiments.map(({ verdict, target }) => [verdict, target])).toEqual(
        sandboxes.map(({ api }, index) => [
          'passed',
          { kind: 'cluster', context: names[index], server: expect.stringContaining(new URL(api.url).port) as string },
        ]),
      );
    } finally {
      await Promise.all(sandboxes.map(async (it) => it.close()));
    }
  }, 60_000);
});
