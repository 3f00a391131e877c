import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { FileReporter } from '../report/reporter.ts';

/** Names of the reporters that write a file, for `--reporter`. */
export const REPORTER_NAMES = ['junit', 'json'] as const;

/** The reporters of these names, loaded only when they are wanted. */
export async function fileReporters(names: readonly string[]): Promise<readonly FileReporter[]> {
  const load: Record<string, () => Promise<FileReporter>> = {
    junit: async () => (await import('../report/junit/junit-reporter.ts')).junitReporter,
    json: async () => (await import('../report/json/json-reporter.ts')).jsonReporter,
  };
  return Promise.all(
    names.map((name) => {
      const loader = load[name];
      if (loader !== undefined) return loader();
      throw new HoldfastError('FLAG_INVALID', {
        message: `There is no reporter "${name}".`,
        where: '--reporter',
        hint: `Choose from ${REPORTER_NAMES.join(', ')}.`,
      });
    }),
  );
}

/**
 * Writes each report below `output`, replacing an older one as a whole: a reader never sees half a file.
 * Returns the paths. Throws `OUTPUT_UNWRITABLE` naming the path.
 */
export async function writeReports(
  run: RunRecord,
  reporters: readonly FileReporter[],
  output: string,
): Promise<readonly string[]> {
  return Promise.all(
    reporters.map(async (reporter) => {
      const path = join(output, reporter.file);
      await replaceFile(path, output, reporter.render(run));
      return path;
    }),
  );
}

async function replaceFile(path: string, folder: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(folder, { recursive: true });
    const existing = await lstat(path).catch(() => undefined);
    if (existing?.isSymbolicLink()) throw new Error('it is a symbolic link');
    await writeFile(draft, text, { flag: 'wx', mode: 0o644 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new HoldfastError('OUTPUT_UNWRITABLE', {
      message: `The report cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      where: path,
      hint: 'Name a writable folder with --output; the journal can be turned into reports later with `holdfast report`.',
      cause: error,
    });
  }
}
