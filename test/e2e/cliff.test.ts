import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine, startCommandLine } from '../helpers/command-line.ts';

const file = resolve(import.meta.dirname, '../fixtures/e2e/trials/slow-details.yaml');
const nobody = resolve(import.meta.dirname, '../fixtures/e2e/trials/slow-nobody.yaml');

describe('holdfast cliff', () => {
  it('finds that productpage gives details 3 s, once', async () => {
    const range = ['--from', '2600ms', '--to', '3400ms', '--precision', '400ms', '--samples', '3'];
    const { code, stdout, stderr, folder } = await runCommandLine(['cliff', file, '--sandbox', ...range, '-o', 'json']);
    expect(stderr).toContain('✓ Gives up at 3.0 s, once; longest delay that still holds: 2.6 s.');
    expect(code).toBe(0);
    const { exitCode, conclusion } = JSON.parse(stdout) as {
      exitCode: number;
      conclusion: { points: readonly { delay: number; verdict: string }[] };
    };
    expect(exitCode).toBe(0);
    expect(conclusion).toMatchObject({ command: 'cliff', outcome: 'found', holdsUpTo: 2600, failsFrom: 3000 });
    expect(conclusion.points.map((it) => [it.delay, it.verdict])).toEqual([
      [2600, 'holds'],
      [3400, 'fails'],
      [3000, 'fails'],
      [3000, 'fails'],
    ]);
    const junit = await readFile(join(folder, 'reports/junit.xml'), 'utf8');
    expect(junit).toContain('slow-details (delay 2.6s)');
    expect(junit).not.toMatch(/<failure|<error/);
    expect((await runCommandLine(['report', 'latest', '--output', join(folder, 'reports')])).code).toBe(0);
    expect(await readFile(join(folder, 'reports/junit.xml'), 'utf8')).toBe(junit);
  }, 120_000);

  it('tries nothing more where the preflight refuses what no delay changes', async () => {
    const { code, stderr, stdout } = await runCommandLine(['cliff', nobody, '--sandbox', '-o', 'json']);
    expect(code).toBe(3);
    expect(stderr).toContain('There is no Service default/nobody');
    const { conclusion } = JSON.parse(stdout) as { conclusion: object };
    expect(conclusion).toMatchObject({ outcome: 'undecided', points: [{ delay: 100, verdict: 'open' }] });
  }, 60_000);

  it('takes the fault back on Ctrl-C, tries no more, and ends with 130', async () => {
    const line = await startCommandLine(['cliff', file, '--sandbox', '--from', '1s', '--to', '2s']);
    await line.reached('the fault is in', (it) => it.type === 'fault-injected');
    line.process.kill('SIGINT');
    const { code, stderr } = await line.ended;
    expect(stderr).toContain('It was stopped before there was an answer.');
    expect(code).toBe(130);
    const events = await line.events();
    expect(events.filter((it) => it.type === 'fault-undone')).toMatchObject([{ undone: true }]);
    expect(events.filter((it) => it.type === 'experiment-added')).toHaveLength(1);
  }, 60_000);
});
