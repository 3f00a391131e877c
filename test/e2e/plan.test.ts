import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine, startCommandLine } from '../helpers/command-line.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const experiment = resolve(import.meta.dirname, '../fixtures/e2e/abort/experiment.yaml');

describe('holdfast plan --sandbox', () => {
  it.each([['text'], ['json']])('shows the exact change as %s, with secrets masked', async (format) => {
    const match = '{headers: {x-token: {exact: "${secret:TOKEN}"}}}';
    const fault = `    - name: no ratings\n      abort: {service: ratings, httpStatus: 503, match: ${match}}`;
    const file = join(tempFolder({ 'x.yaml': experimentText({ fault }) }), 'x.yaml');
    const { ended } = await startCommandLine(['plan', file, '--sandbox', '-o', format], { TOKEN: 'hunter2-hunter2' });
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('httpStatus: 503');
    expect(stdout).toContain('***');
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('refuses a protected namespace that a fault reaches into, as a run would', async () => {
    const fault = `    - name: no mesh\n      podKill: {labels: {app: istiod}, namespace: istio-system, allowAllReplicas: true}`;
    const file = join(tempFolder({ 'x.yaml': experimentText({ fault }) }), 'x.yaml');
    const { code, stdout, stderr } = await runCommandLine(['plan', file, '--sandbox']);
    expect(stdout, stderr).toContain('error NAMESPACE_PROTECTED');
    expect(code).toBe(2);
  });

  it('has nothing to say against any experiment of the gallery', async () => {
    const gallery = resolve(import.meta.dirname, '../../experiments');
    const { code, stdout, stderr } = await runCommandLine(['plan', gallery, '--sandbox', '-o', 'json']);
    expect(code, stderr).toBe(0);
    const plans = JSON.parse(stdout) as readonly {
      readonly experiment: string;
      readonly findings: readonly unknown[];
    }[];
    expect(plans.length).toBeGreaterThan(15);
    expect(plans.filter(({ findings }) => findings.length > 0)).toEqual([]);
  });

  it('tells a trap among the findings, at its key', async () => {
    const probe = '    - name: page\n      http: {path: /productpage}\n      expect: {status: 200}';
    const file = join(tempFolder({ 'x.yaml': experimentText({ probe }) }), 'x.yaml');
    const { code, stdout, stderr } = await runCommandLine(['plan', file, '--sandbox']);
    expect(stdout).toMatch(/warning STATUS_ONLY: .*x\.yaml:9:16: Probe "page" looks at nothing but the status/);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('refuses a cluster that is named beside the sandbox', async () => {
    const { code, stderr } = await runCommandLine(['plan', experiment, '--sandbox', '--context', 'prod']);
    expect(stderr).toContain('not both');
    expect(code).toBe(2);
  });
});
