#!/usr/bin/env node
// Runs the gallery again and again with one core kept busy, and tells every verdict that is not what it was the first time:
// `npm run gallery:under-load`, or `-- --times 3 --workers 2` for less. Exits 1 when a verdict changed.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { execa } from 'execa';

const { values } = parseArgs({
  options: { times: { type: 'string', default: '20' }, workers: { type: 'string', default: '6' } },
});
const times = Number(values.times);
if (!Number.isInteger(times) || times < 2) {
  process.stderr.write('--times is how often the gallery runs: a number from 2 on\n');
  process.exit(2);
}

const root = resolve(import.meta.dirname, '..');
const say = (line) => process.stdout.write(`${line}\n`);
// A thread, so that it cannot outlive this process.
const burner = new Worker('for (;;);', { eval: true });
let first;
let changed = 0;
try {
  for (let run = 1; run <= times; run += 1) {
    const startedAt = performance.now();
    const { exitCode, experiments } = await runGallery();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    first ??= experiments;
    const news = compare(first, experiments);
    changed += news.length;
    say(
      `run ${run} of ${times}: exit ${exitCode}, ${experiments.size} verdicts, ${news.length} changed, ${seconds} s, load ${loadavg()[0].toFixed(1)}`,
    );
    if (run === 1) for (const [name, { verdict }] of experiments) say(`  ${verdict.padEnd(15)} ${name}`);
    for (const { name, was, is, reasons } of news) say([`  ${name}: ${was}, now ${is}`, ...reasons].join('\n    '));
  }
} finally {
  await burner.terminate();
}
say(`${changed} changed verdicts in ${times} runs of ${first.size} experiments, with one core kept busy`);
process.exitCode = changed === 0 ? 0 : 1;

async function runGallery() {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-gallery-'));
  try {
    const args = ['run', join(root, 'experiments'), '--sandbox', '--workers', values.workers, '--output', folder];
    const ended = await execa(process.execPath, [join(root, 'bin/holdfast.js'), ...args], {
      reject: false,
      timeout: 600_000,
      env: { NO_COLOR: '1' },
    });
    const text = await readFile(join(folder, 'report.json'), 'utf8').catch(() => undefined);
    if (text === undefined) throw new Error(`the gallery left no report (exit ${ended.exitCode}):\n${ended.stderr}`);
    const { experiments } = JSON.parse(text);
    return { exitCode: ended.exitCode, experiments: new Map(experiments.map((it) => [it.name, it])) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function compare(before, now) {
  const names = [...new Set([...before.keys(), ...now.keys()])];
  return names
    .map((name) => ({
      name,
      was: before.get(name)?.verdict ?? 'missing',
      is: now.get(name)?.verdict ?? 'missing',
      reasons: now.get(name)?.reasons ?? [],
    }))
    .filter(({ was, is }) => was !== is);
}
