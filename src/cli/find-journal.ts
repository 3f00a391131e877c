import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { journalPath } from '../journal/run-path.ts';
import { HoldfastError } from '../model/errors.ts';
import { plural } from '../util/plural.ts';

/**
 * The journal of a run that somebody names: by its id, as `latest` or `latest~2`, by its folder or the folder of its
 * reports, by its `report.json`, or by the journal itself. Ids are looked for below `output`,
 * which `flag` names.
 * Throws `RUN_UNKNOWN`; whether there is a journal at the path is for its reader to find out.
 */
export async function findJournal(
  run: string,
  output: string,
  cwd: string,
  flag: '--output' | '--reports' = '--output',
): Promise<string> {
  if (run.endsWith('.ndjson')) return resolve(cwd, run);
  const [, back = '0'] = /^latest(?:~(\d{1,6}))?$/.exec(run) ?? [];
  if (/^latest(?:~\d{1,6})?$/.test(run)) return latest(output, Number(back), flag);
  const path = resolve(cwd, run);
  if (basename(path) === 'report.json') return journalPath(dirname(path), await runIdIn(path));
  if (!(await isFolder(path))) return journalPath(output, run);
  return (await isFolder(join(path, 'runs'))) ? latest(path, 0, flag) : join(path, 'journal.ndjson');
}

async function latest(output: string, back: number, flag: string): Promise<string> {
  const runs = await readdir(join(output, 'runs')).catch(() => []);
  // Run ids sort by the time they were made.
  const run = runs.toSorted((a, b) => a.localeCompare(b, 'en')).at(-1 - back);
  if (run !== undefined) return journalPath(output, run);
  throw new HoldfastError('RUN_UNKNOWN', {
    message:
      runs.length === 0
        ? 'No run has left a journal here.'
        : `There ${runs.length === 1 ? 'is' : 'are'} only ${plural(runs.length, 'run')} here.`,
    where: join(output, 'runs'),
    hint: `Name the folder that holds runs/ with ${flag}.`,
  });
}

async function runIdIn(report: string): Promise<string> {
  try {
    const { runId } = JSON.parse(await readFile(report, 'utf8')) as { readonly runId?: unknown };
    if (typeof runId === 'string' && /^\w[\w-]*$/.test(runId)) return runId;
  } catch (cause) {
    throw unknown(report, 'There is no readable report here.', cause);
  }
  throw unknown(report, 'This report does not say of which run it is.');
}

function unknown(where: string, message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('RUN_UNKNOWN', { message, where, hint: 'Name a run id, a folder or a journal.', cause });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
