import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import { anExperiment, aProbe } from '../helpers/an-experiment.ts';
import { journalOf } from '../helpers/journal-of.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { testIo } from '../helpers/test-io.ts';

const GREEN = '20260101-000000-aaaa';
const RED = '20260102-000000-bbbb';
const probe = (underFault: object) => aProbe({ underFault, pacing: { kind: 'open', perSecond: 20, maxInFlight: 9 } });

let folder: string;
beforeEach(async () => {
  folder = tempFolder({});
  const experiment = anExperiment({ hypothesis: [probe({})] });
  write(GREEN, await journalOf(experiment, (run) => (run.fake.sampler.answer = () => 200)));
  write(RED, await journalOf(experiment));
});

describe('holdfast diff', () => {
  it('tells verdicts and figures that differ, and fails a job only when it is asked to', async () => {
    const told = await holdfast('diff', 'latest~1', 'latest');
    expect(told.code).toBe(0);
    expect(told.out).toMatch(/^ratings-abort {2}passed -> failed {2}WORSE$/m);
    expect(told.out).toMatch(
      /^ {2}fault: page: good 100% \(\d+[.\d]*% \.\. 100%\) -> 0% \(0% \.\. \d+[.\d]*%\) {2}WORSE$/m,
    );
    expect(told.out).toMatch(/fault: page: status 500 .* changed$/m);
    expect(told.out).toContain('at 95 % confidence over all of them');
    const asked = await holdfast('diff', 'latest~1', 'latest', '--fail-on', 'regression');
    expect(asked.code).toBe(1);
    expect(asked.err).toContain('regression: ratings-abort: passed -> failed');
    expect((await holdfast('diff', 'latest', 'latest~1', '--fail-on', 'regression')).code).toBe(0);
  });

  it('finds nothing between a run and itself, however it is named', async () => {
    writeFileSync(join(folder, 'reports/report.json'), JSON.stringify({ runId: RED }));
    const names = [
      'latest',
      RED,
      `reports/runs/${RED}`,
      'reports',
      'reports/report.json',
      `reports/runs/${RED}/journal.ndjson`,
    ];
    for (const name of names) {
      const { out, code } = await holdfast('diff', 'latest', name, '--fail-on', 'regression', '-o', 'json');
      const { experiments, regressions, before, after } = JSON.parse(out) as Told;
      expect([name, code, regressions, before]).toEqual([name, 0, [], after]);
      expect(experiments.flatMap(({ figures }) => figures.filter(({ direction }) => direction !== 'same'))).toEqual([]);
    }
  });

  it('says which runs there are not', async () => {
    expect((await holdfast('diff', 'latest~2', 'latest')).err).toContain('There are only 2 runs here');
    expect(await holdfast('diff', 'latest', 'nobody')).toMatchObject({ code: 2 });
    const { err } = await holdfast('diff', 'latest', 'latest', '--reports', 'elsewhere');
    expect(err).toContain('Name the folder that holds runs/ with --reports.');
  });

  it('does not call it no regression where nothing was compared', async () => {
    const other = anExperiment({ name: 'another', hypothesis: [probe({})] });
    write('20260103-000000-cccc', await journalOf(other));
    const shown = await holdfast('diff', 'latest~1', 'latest');
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toContain('Nothing was compared: no experiment is in both runs.');
    const asked = await holdfast('diff', 'latest~1', 'latest', '--fail-on', 'regression');
    expect(asked).toMatchObject({ code: 4 });
    expect(asked.err).toContain('is not known');
  });

  it('refuses a tolerance that is no share', async () => {
    expect(await holdfast('diff', 'latest', 'latest', '--tolerance', '10')).toMatchObject({ code: 2 });
  });
});

interface Told {
  readonly experiments: readonly { readonly figures: readonly { readonly direction: string }[] }[];
  readonly regressions: readonly unknown[];
  readonly before: unknown;
  readonly after: unknown;
}

function write(run: string, events: readonly JournalEvent[]): void {
  const [started, ...rest] = events;
  mkdirSync(join(folder, 'reports/runs', run), { recursive: true });
  const lines = [{ ...started, runId: run }, ...rest].map((event) => `${JSON.stringify(event)}\n`);
  writeFileSync(join(folder, 'reports/runs', run, 'journal.ndjson'), lines.join(''));
}

async function holdfast(...args: string[]) {
  const io = testIo({ cwd: folder });
  await runCli(args, io);
  return { code: io.exitCode(), out: io.out(), err: io.err() };
}
