import { mkdir, open, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { journalOn, openJournal } from '../../src/journal/open-journal.ts';
import { parseJournal, readJournal } from '../../src/journal/read-journal.ts';
import { fold, replay } from '../../src/journal/replay.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import type { RunRecord } from '../../src/model/run-record.ts';
import { sampleRun } from '../helpers/sample-run.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const folder = async (): Promise<string> => tempFolder({});

describe('the journal of a run', () => {
  it('keeps events in the order in which they were appended', async () => {
    const path = join(await folder(), 'runs', 'r1', 'journal.ndjson');
    const journal = await openJournal(path);
    for (const event of sampleRun) journal.append(event);
    await journal.close();
    expect(await readJournal(path)).toEqual({ events: sampleRun, torn: false });
  });

  it('has everything on disk when sync resolves, before it is closed', async () => {
    const path = join(await folder(), 'journal.ndjson');
    const journal = await openJournal(path);
    for (const event of sampleRun.slice(0, 3)) journal.append(event);
    await journal.sync();
    expect((await readJournal(path)).events).toHaveLength(3);
    await journal.close();
  });

  it('is refused when it is of a version of the format that this program does not know', () => {
    const [started] = sampleRun;
    const text = `${JSON.stringify({ ...started, schemaVersion: 2 })}\n`;
    expect(() => parseJournal(text, 'journal.ndjson')).toThrow('version 2 of the format');
  });

  it('can be read by its owner only', async () => {
    const path = join(await folder(), 'runs', 'r1', 'journal.ndjson');
    await (await openJournal(path)).close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
  });

  it('never writes through a symbolic link or over an existing file', async () => {
    const base = await folder();
    await mkdir(join(base, 'elsewhere'));
    await symlink(join(base, 'elsewhere'), join(base, 'linked'));
    await symlink(join(base, 'target'), join(base, 'link.ndjson'));
    await writeFile(join(base, 'there.ndjson'), 'kept');
    for (const path of ['linked/journal.ndjson', 'link.ndjson', 'there.ndjson']) {
      await expect(openJournal(join(base, path))).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    }
    expect(await readFile(join(base, 'there.ndjson'), 'utf8')).toBe('kept');
  });

  it('tells at sync that the disk is full, and at every sync after that', async () => {
    const journal = journalOn('journal.ndjson', await open('/dev/full', 'a'));
    journal.append(sampleRun[0]!);
    for (let turn = 0; turn < 2; turn += 1) {
      await expect(journal.sync()).rejects.toMatchObject({
        code: 'OUTPUT_UNWRITABLE',
        message: expect.stringContaining('ENOSPC') as string,
      });
    }
    await expect(journal.close()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

describe('a journal that somebody moves away while it is written', () => {
  it('tells so at its end', async () => {
    const path = join(await folder(), 'journal.ndjson');
    const journal = await openJournal(path);
    await rename(path, `${path}.old`);
    await expect(journal.close()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE', details: { where: path } });
  });
});

describe('reading a journal', () => {
  const text = sampleRun.map((event) => `${JSON.stringify(event)}\n`).join('');

  it('survives a tail torn at any byte', () => {
    const firstLine = text.indexOf('\n') + 1;
    assert(
      property(integer({ min: firstLine, max: text.length }), (cut) => {
        const { events, torn } = parseJournal(text.slice(0, cut), 'j');
        expect(events).toEqual(sampleRun.slice(0, events.length));
        expect(torn).toBe(text[cut - 1] !== '\n');
        expect(replay(events).runId).toBe('20261120-221503-k3f9');
      }),
    );
  });

  it('names the line that is damaged', () => {
    const lines = text.split('\n');
    lines[2] = '{"t": 1, "type":';
    expect(() => parseJournal(lines.join('\n'), 'j.ndjson')).toThrow('Line 3 of the journal is not an event.');
  });

  it('says that another file is not a journal', () => {
    expect(() => parseJournal('hello\n', 'README.md')).toThrow('This is not a journal of a run.');
  });

  it('names the path of a run that does not exist', async () => {
    await expect(readJournal('/nowhere/journal.ndjson')).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
      details: { where: '/nowhere/journal.ndjson' },
    });
  });
});

describe('replaying a journal', () => {
  it('gives the record that the live run had', () => {
    let live: RunRecord | undefined;
    for (const event of sampleRun) live = fold(live, event);
    expect(replay(JSON.parse(JSON.stringify(sampleRun)) as JournalEvent[])).toEqual(live);
  });

  it('folds steps, phases, faults and the verdict', () => {
    const record = replay(sampleRun);
    expect(record).toMatchObject({ exitCode: 1, durationMs: 50_000, interruptedBy: 'SIGINT' });
    expect(record.experiments[0]).toMatchObject({
      verdict: 'failed',
      recovered: true,
      recoveryMs: 120,
      steps: [{ step: 'inject', startedMs: 10, durationMs: 5 }],
      phases: { fault: { startedMs: 30, durationMs: 900 } },
      faults: [{ name: 'slow', injected: true, proven: true, timeToEffectMs: 150, undone: true, timeToGoneMs: 90 }],
    });
    expect(record.experiments[0]?.faults[0]?.evidence).toEqual(['seen', 'not seen']);
  });
});
