#!/usr/bin/env node
// Prints the table of docs/benchmarks.md: `npm run bench`, or `npm run bench -- startup faults` for some of it.
import { cpus } from 'node:os';
import { benchAborts } from './bench/aborts.mjs';
import { benchFaults } from './bench/faults.mjs';
import { benchMany } from './bench/many.mjs';
import { benchRuns } from './bench/sandbox-run.mjs';
import { benchSampler } from './bench/sampler.mjs';
import { benchStartup } from './bench/startup.mjs';

const PARTS = {
  startup: benchStartup,
  runs: benchRuns,
  faults: benchFaults,
  aborts: benchAborts,
  many: benchMany,
  sampler: benchSampler,
};
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  process.stderr.write(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(2);
}

process.stdout.write(
  `Node ${process.version}, ${cpus().length} cores\n\n| what | measured: median (min..max) | aim | beside it |\n| --- | --- | --- | --- |\n`,
);
for (const [name, bench] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const { what, figure, aim, beside } of await bench())
    process.stdout.write(`| ${what} | ${figure} | ${aim} | ${beside} |\n`);
}
