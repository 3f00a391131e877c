#!/usr/bin/env node
// Bundles the command line, the probe worker and the sandbox process into dist/, lazily loaded chunk by chunk.
import { build } from 'esbuild';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Built beside and put in place at the end: `npx holdfast` builds again when it sees a checkout for the first time, and a
// run that is under way there still loads its parts.
const outdir = `dist.${process.pid}`;

await build({
  entryPoints: {
    cli: 'src/cli/main.ts',
    'probe-worker': 'src/probes/worker/worker-main.ts',
    sandbox: 'src/sandbox/main.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  loader: { '.yaml': 'text' },
  // For Node, yaml offers CommonJS only, which is bundled whole and asks the environment at every token; its build for
  // browsers is the same code as ES modules.
  alias: { yaml: fileURLToPath(new URL('../browser/dist/index.js', import.meta.resolve('yaml'))) },
  // CommonJS packages inside an ES module bundle reach for require().
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

const old = `dist.old.${process.pid}`;
if (existsSync('dist')) renameSync('dist', old);
renameSync(outdir, 'dist');
rmSync(old, { recursive: true, force: true });
