import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { loadExperiments } from '../../src/load/load-experiments.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import { createRedactor } from '../../src/util/redact.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { journalOf } from '../helpers/journal-of.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { testIo } from '../helpers/test-io.ts';

const RUN = '20260102-030405-abcd';
const env = { TOKEN: 'a-token-of-somebody' };
const strict = probeExpecting('{status: 200}');
const lenient = probeExpecting('{status: [200, 500]}');

let folder: string;
beforeEach(async () => {
  folder = tempFolder({ 'strict.yaml': strict, 'lenient.yaml': lenient });
  const { experiments, secrets } = await loadExperiments(['strict.yaml'], { cwd: folder, env, set: {} });
  const redactor = createRedactor();
  redactor.add(secrets);
  writeJournal(redactor.redactDeep(await journalOf(experiments[0]!)));
});

describe('holdfast report --judge', () => {
  it('shows both verdicts side by side and ends with the code of the new ones', async () => {
    const same = await holdfast('report', 'latest', '--judge', 'strict.yaml');
    expect(same.code).toBe(1);
    expect(same.err).toMatch(/^ {2}failed +✗ failed +ratings-down$/m);
    expect(same.err).toContain('No verdict is another one.');
    const now = await holdfast('report', 'latest', '--judge', 'lenient.yaml');
    expect(now.err).toMatch(/^ {2}failed +✓ passed +ratings-down$/m);
    expect(now.err).toContain('    then: page: good requests: expected >= 100%, got 0%');
    expect(now.code).toBe(0);
  });

  it('writes reports of its own and touches neither the journal nor the reports of the run', async () => {
    await holdfast('report', 'latest');
    const before = [read('reports/report.json'), read('reports/junit.xml'), read(`reports/runs/${RUN}/journal.ndjson`)];
    await holdfast('report', 'latest', '--judge', 'lenient.yaml');
    expect([
      read('reports/report.json'),
      read('reports/junit.xml'),
      read(`reports/runs/${RUN}/journal.ndjson`),
    ]).toEqual(before);
    expect(readdirSync(join(folder, 'reports/runs'))).toEqual([RUN]);
    const report = JSON.parse(read(`reports/rejudged/${RUN}/report.json`)) as unknown;
    expect(report).toMatchObject({
      rejudgedBy: ['lenient.yaml'],
      exitCode: 0,
      experiments: [{ verdict: 'passed', before: { verdict: 'failed' }, file: 'lenient.yaml' }],
    });
    expect(read(`reports/rejudged/${RUN}/junit.xml`)).toContain('holdfast.verdictBefore');
  });

  it('refuses what the journal cannot answer, with the place in the file and why', async () => {
    writeFileSync(join(folder, 'body.yaml'), probeExpecting('{status: 200, body: {contains: Reviewer}}'));
    const { code, err } = await holdfast('report', 'latest', '--judge', 'body.yaml');
    expect(code).toBe(2);
    expect(err).toMatch(
      /^body\.yaml:\d+:\d+ error what is expected of the body of probe "page" is not what was checked/m,
    );
    expect(err).toContain('The journal keeps no bodies and headers');
    expect(err).toContain('^^^^');
    expect(err).not.toContain('THEN');
  });

  it('judges what the run had of several files, and refuses files of which it had nothing', async () => {
    writeFileSync(join(folder, 'other.yaml'), experimentText({ name: 'other' }));
    const both = await holdfast('report', 'latest', '--judge', 'lenient.yaml', '--judge', 'other.yaml');
    expect(both.err).toContain('other.yaml:1:1 warning the run had no experiment `other`');
    expect(both.code).toBe(0);
    const none = await holdfast('report', 'latest', '--judge', 'other.yaml');
    expect(none.err).toContain('error the run had no experiment `other`');
    expect(none.err).toContain('The run had: ');
    expect(none.code).toBe(2);
  });

  it('says that a journal of an earlier version cannot be judged again', async () => {
    const lines = read(`reports/runs/${RUN}/journal.ndjson`).trimEnd().split('\n');
    const old = lines.map((line) => JSON.stringify({ ...(JSON.parse(line) as object), facts: undefined }));
    writeFileSync(join(folder, 'old.ndjson'), `${old.join('\n')}\n`);
    const { code, err } = await holdfast('report', 'old.ndjson', '--judge', 'lenient.yaml');
    expect(err).toContain('JOURNAL_INVALID');
    expect(err).toContain('ratings-down');
    expect(code).toBe(2);
  });
});

function probeExpecting(expectation: string): string {
  return experimentText({
    spec: '  phases: {baseline: 2s, fault: 4s, recovery: {within: 5s, stable: 1s}}',
    probe: `    - name: page\n      http: {path: /page, headers: {x-user: "\${secret:TOKEN}"}}\n      rate: 5/s\n      expect: ${expectation}`,
  });
}

function writeJournal(events: readonly JournalEvent[]): void {
  mkdirSync(join(folder, 'reports/runs', RUN), { recursive: true });
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  expect(text).not.toContain(env.TOKEN);
  writeFileSync(join(folder, 'reports/runs', RUN, 'journal.ndjson'), text);
}

function read(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

async function holdfast(...args: string[]): Promise<{ readonly code: number; readonly err: string }> {
  const io = testIo({ cwd: folder, env });
  await runCli(args, io);
  return { code: io.exitCode(), err: io.err() };
}
