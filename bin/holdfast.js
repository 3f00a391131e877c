#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';

// The two questions asked most often are answered before anything is loaded.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version}\n`);
} else {
  const cli = new URL('../dist/cli.js', import.meta.url);
  if (!existsSync(cli)) {
    process.stderr.write('holdfast is not built yet: run `npm run build` in its folder first.\n');
    process.exit(2);
  }
  await import(cli.href);
}
