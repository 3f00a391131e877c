import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Bundles the probe worker as the build does, into a folder of its own. */
export async function buildProbeWorker(): Promise<{ readonly file: URL; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-worker-'));
  const outfile = join(folder, 'probe-worker.mjs');
  await build({
    entryPoints: ['src/probes/worker/worker-main.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  return { file: pathToFileURL(outfile), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
