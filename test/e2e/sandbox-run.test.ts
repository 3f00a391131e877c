import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';

const experiment = resolve(import.meta.dirname, '../fixtures/e2e/abort/experiment.yaml');

describe('holdfast run --sandbox', () => {
  it('proves the fault, passes, and writes reports that the journal gives again', async () => {
    const { code, stderr, folder } = await runCommandLine(['run', experiment, '--sandbox', '--seed', '7']);
    expect(stderr).toContain('✓ passed');
    expect(code).toBe(0);
    const report = JSON.parse(await readFile(join(folder, 'reports/report.json'), 'utf8')) as {
      readonly exitCode: number;
      readonly experiments: readonly unknown[];
    };
    expect(report).toMatchObject({
      exitCode: 0,
      experiments: [{ name: 'details-abort', verdict: 'passed', faults: [{ proven: true, undone: true }] }],
    });
    const junit = await readFile(join(folder, 'reports/junit.xml'), 'utf8');
    for (const name of [
      'baseline: the page',
      'inject: broken details',
      'fault: the page',
      'rollback: broken details',
    ]) {
      expect(junit).toContain(name);
    }
    const again = await runCommandLine(['report', 'latest', '--output', join(folder, 'reports')]);
    expect(again.code).toBe(0);
    expect(await readFile(join(folder, 'reports/junit.xml'), 'utf8')).toBe(junit);
    const judged = await runCommandLine([
      ...'report latest --judge'.split(' '),
      experiment,
      '--output',
      join(folder, 'reports'),
    ]);
    expect(judged).toMatchObject({ code: 0, stderr: expect.stringContaining('No verdict is another one.') as string });
    const [run = ''] = await readdir(join(folder, 'reports/rejudged'));
    const anew = JSON.parse(
      await readFile(join(folder, 'reports/rejudged', run, 'report.json'), 'utf8'),
    ) as typeof report;
    const before = { verdict: 'passed', reasons: [] };
    const places = { file: expect.anything() as string };
    expect(anew.experiments).toEqual(report.experiments.map((it) => ({ ...(it as object), before, ...places })));
    const diff = await runCommandLine(['diff', 'latest', 'latest', '--reports', join(folder, 'reports')]);
    expect(diff.stdout).toContain('1 experiment in both runs: 0 verdicts differ, and 0 of ');
  });

  it('touches nothing on a usage error', async () => {
    const both = await runCommandLine(['run', experiment, '--sandbox', '--context', 'prod']);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') as string });
    const none = await runCommandLine(['run', experiment, '--kubeconfig', '/dev/null']);
    expect(none.code).toBe(2);
    const wrong = await runCommandLine(['run', experiment, '--sandbox', '--reporter', 'junti']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('junti') as string });
  });

  it('refuses an output folder that cannot be written before anything is touched', async () => {
    const { code, stderr } = await runCommandLine(['run', experiment, '--sandbox', '--output', '/dev/null/reports']);
    expect(stderr).toContain('OUTPUT_UNWRITABLE');
    expect(code).toBe(2);
  });
});
