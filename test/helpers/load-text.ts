import { formatDiagnostic } from '../../src/load/format-diagnostic.ts';
import { loadExperiments } from '../../src/load/load-experiments.ts';
import type { LoadedExperiments, LoadOptions } from '../../src/load/load-experiments.ts';
import { tempFolder } from './temp-folder.ts';

export interface LoadedText extends LoadedExperiments {
  /** All diagnostics as a person reads them. */
  readonly printed: string;
}

/** Loads one text as the file `x.yaml`. */
export async function loadText(text: string | Buffer, options: Partial<LoadOptions> = {}): Promise<LoadedText> {
  return loadFolder({ 'x.yaml': text }, ['x.yaml'], options);
}

/** Loads `paths` of a fresh folder with these files. */
export async function loadFolder(
  files: Readonly<Record<string, string | Buffer>>,
  paths: readonly string[],
  options: Partial<LoadOptions> = {},
): Promise<LoadedText> {
  const loaded = await loadExperiments(paths, { cwd: tempFolder(files), env: {}, set: {}, ...options });
  const printed = loaded.diagnostics.map((diagnostic) => {
    const source = diagnostic.range && loaded.sources.get(diagnostic.range.file);
    return formatDiagnostic(diagnostic, source);
  });
  return { ...loaded, printed: printed.join('') };
}
