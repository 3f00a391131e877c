import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../src/load/format-diagnostic.ts';
import { loadExperiments } from '../../src/load/load-experiments.ts';

const folder = join(import.meta.dirname, '../fixtures/mistakes');
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

/** Beside each file with mistakes stands what a person is told about it, word for word. */
describe('mistakes are told all at once, each at its place', () => {
  it.each(files)('in %s', async (file) => {
    const { experiments, diagnostics, sources } = await loadExperiments([file], { cwd: folder, env: {}, set: {} });
    expect(experiments).toEqual([]);
    const printed = diagnostics.map((diagnostic) =>
      formatDiagnostic(diagnostic, diagnostic.range && sources.get(diagnostic.range.file)),
    );
    await expect(printed.join('')).toMatchFileSnapshot(join(folder, file.replace('.yaml', '.txt')));
  });
});
