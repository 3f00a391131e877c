#!/usr/bin/env node
// Measures how long requests take over lossy links of the kernel, and prints it beside what the sandbox makes of the same
// losses. Needs root, iproute2 and iptables; leaves nothing behind. `node scripts/check-ladder.mjs [count]`, default 200.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { $, which } from 'zx';

const CLIENT = 'hf-ladder-client';
const SERVER = 'hf-ladder-server';
const CLIENT_SCRIPT = fileURLToPath(new URL('./ladder/client.mjs', import.meta.url));
const SERVER_SCRIPT = fileURLToPath(new URL('./ladder/server.mjs', import.meta.url));
const LIMIT_MS = 15_000;
const COUNT = Number(process.argv[2] ?? 200);
const SCENES = [
  { there: 30, back: 0 },
  { there: 30, back: 0, connections: 20 },
  { there: 60, back: 0 },
  { there: 60, back: 0, connections: 20 },
  { there: 30, back: 30 },
  { there: 60, back: 60 },
];

const missing = await whatIsMissing();
if (missing !== undefined) {
  process.stdout.write(`skipped: ${missing}\n`);
  process.exit(0);
}

const simulate = await loadSimulation();
process.stdout.write(
  '| lost there / back, connections | | failed in 15 s | p50 | p75 | p90 | p99 | connect p50 | p90 |\n',
);
process.stdout.write('| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n');
for (const scene of SCENES) {
  const name = `${scene.there} % / ${scene.back} %, ${scene.connections ?? 'one each'}`;
  const given = { ...scene, limitMs: LIMIT_MS, answerBytes: 2 };
  process.stdout.write(row(name, 'kernel', await measure({ ...given, count: COUNT, parallel: Math.min(COUNT, 100) })));
  process.stdout.write(row('', 'sandbox', simulate({ ...given, count: 8000, seed: 1 })));
}

async function whatIsMissing() {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const tool of ['ip', 'iptables']) {
    if ((await which(tool, { nothrow: true })) === null) return `${tool} is not installed`;
  }
  const tried = await $({ nothrow: true, quiet: true })`ip netns add ${CLIENT}`;
  if (tried.exitCode !== 0) return `no network namespace: ${tried.stderr.trim()}`;
  await $({ quiet: true })`ip netns del ${CLIENT}`;
  return undefined;
}

/** Two namespaces, a cable between them, and a share of the packets dropped where they arrive: so the sender does not know. */
async function measure({ there, back, ...asked }) {
  const quiet = $({ quiet: true });
  try {
    await quiet`ip netns add ${CLIENT}`;
    await quiet`ip netns add ${SERVER}`;
    await quiet`ip link add hf-c netns ${CLIENT} type veth peer name hf-s netns ${SERVER}`;
    await quiet`ip -n ${CLIENT} addr add 10.99.0.1/30 dev hf-c`;
    await quiet`ip -n ${SERVER} addr add 10.99.0.2/30 dev hf-s`;
    await quiet`ip -n ${CLIENT} link set hf-c up`;
    await quiet`ip -n ${SERVER} link set hf-s up`;
    await drop(SERVER, there);
    await drop(CLIENT, back);
    return await askAcross({ host: '10.99.0.2', ...asked });
  } finally {
    await $({ quiet: true, nothrow: true })`ip netns del ${CLIENT}`;
    await $({ quiet: true, nothrow: true })`ip netns del ${SERVER}`;
  }
}

async function drop(namespace, percent) {
  if (percent === 0) return;
  const share = String(percent / 100);
  const run = $({ quiet: true });
  await run`ip netns exec ${namespace} iptables -A INPUT -m statistic --mode random --probability ${share} -j DROP`;
}

async function askAcross(asked) {
  const server = spawn('ip', ['netns', 'exec', SERVER, process.execPath, SERVER_SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(server.stdout, 'data');
    const node = process.execPath;
    const { stdout } = await $({
      quiet: true,
    })`ip netns exec ${CLIENT} ${node} ${CLIENT_SCRIPT} ${JSON.stringify(asked)}`;
    return JSON.parse(stdout);
  } finally {
    server.kill();
  }
}

/** The sandbox's own wires, which are TypeScript, on a clock that runs as fast as it can. */
async function loadSimulation() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-ladder-'));
  try {
    const outfile = join(folder, 'lossy-requests.mjs');
    const entryPoints = [fileURLToPath(new URL('../test/helpers/lossy-requests.ts', import.meta.url))];
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' });
    return (await import(pathToFileURL(outfile).href)).simulateRequests;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(name, whose, { totalMs, connectMs }) {
  const failed = totalMs.filter((ms) => !isTime(ms)).length / totalMs.length;
  const cells = [0.5, 0.75, 0.9, 0.99].map((share) => quantile(totalMs, share));
  const connect = [0.5, 0.9].map((share) => quantile(connectMs, share));
  return `| ${[name, whose, `${(failed * 100).toFixed(1)} %`, ...cells, ...connect].join(' | ')} |\n`;
}

/** Of those that succeeded, milliseconds. */
function quantile(times, share) {
  const sorted = times.filter(isTime).sort((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN);
}

function isTime(ms) {
  return ms !== null && Number.isFinite(ms);
}
