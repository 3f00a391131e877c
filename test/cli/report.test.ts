import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/model/event.ts';
import { createRedactor } from '../../src/util/redact.ts';
import { runCli } from '../../src/cli/program.ts';
import type { Io } from '../../src/cli/io.ts';
import { experimentRecord } from '../helpers/run-record.ts';

const HEAD = experimentRecord().head;
const TARGET = experimentRecord().target;
const STARTED: JournalEvent = {
  t: 0,
  type: 'run-started',
  schemaVersion: 1,
  runId: 'r1',
  startedAt: '2026-01-02T03:04:05.000Z',
  version: '0.1.0',
  target: TARGET,
  experiments: [HEAD],
};
const ENDED: JournalEvent = {
  t: 9,
  type: 'experiment-ended',
  experiment: HEAD.name,
  verdict: 'failed',
  reasons: ['too slow'],
  durationMs: 9,
  overheadMs: 1,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('holdfast report', () => {
  it('writes the reports of the latest run again, from its journal alone', async () => {
    writeJournal('20260101-000000-aaaa', [STARTED]);
    writeJournal('20260102-000000-aaaa', [STARTED, ENDED]);
    const { exitCode, stderr } = await holdfast('report', 'latest', '--output', folder);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('✗ failed') });
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).experiments[0].verdict).toBe('failed');
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('ratings-delay');
  });

  it('reads a journal whose run was killed in the middle of a line, and says so', async () => {
    writeJournal('r1', [STARTED], '{"t":3,"type":"exper');
    const { exitCode, stderr } = await holdfast('report', 'r1', '--output', folder);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('the run was killed');
    expect(stderr).toContain('interrupted');
  });

  it('names the journal it looked for when there is no such run', async () => {
    const { exitCode, stderr } = await holdfast('report', 'nobody', '--output', folder);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(join('nobody', 'journal.ndjson'));
  });

  it('refuses a reporter that does not exist and lists those that do', async () => {
    writeJournal('r1', [STARTED]);
    const { exitCode, stderr } = await holdfast('report', 'r1', '--output', folder, '--reporter', 'pdf');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('junit, json');
  });

  it('does not write through a symbolic link', async () => {
    writeJournal('r1', [STARTED]);
    writeFileSync(join(folder, 'precious'), 'mine');
    symlinkSync(join(folder, 'precious'), join(folder, 'junit.xml'));
    const { exitCode } = await holdfast('report', 'r1', '--output', folder, '--reporter', 'junit');
    expect(exitCode).toBe(2);
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('mine');
  });
});

function writeJournal(run: string, events: readonly JournalEvent[], tail = ''): void {
  mkdirSync(join(folder, 'runs', run), { recursive: true });
  writeFileSync(
    join(folder, 'runs', run, 'journal.ndjson'),
    `${events.map((event) => JSON.stringify(event)).join('\n')}\n${tail}`,
  );
}

async function holdfast(...args: string[]) {
  let stdout = '';
  let stderr = '';
  let exitCode = 0;
  const io: Io = {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    cwd: folder,
    isTTY: false,
    colour: false,
    redactor: createRedactor(),
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  await runCli(args, io);
  return { stdout, stderr, exitCode };
}
