import { access, constants, lstat, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../model/errors.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { FileReporter } from '../report/reporter.ts';
import { makePrivateFolder } from '../util/private-folder.ts';

const OWNER_ONLY = 0o600;

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
 * Makes the output folder and looks whether the journal and every report can be put there, before anything is touched.
 * Throws `OUTPUT_UNWRITABLE` naming the path.
 */
export async function prepareOutput(output: string, reporters: readonly FileReporter[]): Promise<void> {
  for (const folder of [output, join(output, 'runs')]) {
    await orUnwritable('The output folder cannot be used', folder, async () => {
      await makePrivateFolder(folder);
      await access(folder, constants.W_OK | constants.X_OK);
    });
  }
  for (const { file } of reporters) {
    const path = join(output, file);
    await orUnwritable('The report cannot be written', path, async () => refuseAllButFiles(path));
  }
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

/** For its owner only, for it quotes what servers answered. */
async function replaceFile(path: string, folder: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await orUnwritable('The report cannot be written', path, async () => {
    await makePrivateFolder(folder);
    await refuseAllButFiles(path);
    try {
      await writeFresh(draft, text);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  });
}

async function writeFresh(path: string, text: string): Promise<void> {
  // A draft that a run of the same process number left behind is not written into: somebody may hold it open.
  await rm(path, { force: true });
  const file = await open(path, 'wx', OWNER_ONLY);
  try {
    await file.chmod(OWNER_ONLY);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

async function refuseAllButFiles(path: string): Promise<void> {
  const existing = await lstat(path).catch(() => undefined);
  if (existing?.isSymbolicLink()) throw new Error('it is a symbolic link');
  if (existing?.isFile() === false) throw new Error('something that is no file is in its place');
}

async function orUnwritable(what: string, path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw new HoldfastError('OUTPUT_UNWRITABLE', {
      message: `${what}: ${error instanceof Error ? error.message : String(error)}.`,
      where: path,
      hint: 'Name a writable folder, no link, with --output; the journal can be turned into reports later with `holdfast report`.',
      cause: error,
    });
  }
}
