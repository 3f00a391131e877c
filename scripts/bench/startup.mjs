import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find, interleave, leanEnv, median, spread, timeProcess } from './measure.mjs';

const HOLDFAST = 'bin/holdfast.js';

/** `holdfast --version` and `validate` of 1, 200 and 1,000 files beside an empty Node process and Chaos Toolkit. */
export async function benchStartup() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const files = writeExperiments(folder);
    const env = leanEnv();
    const node = process.execPath;
    const chaos = await find('chaos');
    const candidates = {
      node: () => timeProcess(node, ['-e', '0'], { env }),
      version: () => timeProcess(node, [HOLDFAST, '--version'], { env }),
      validate1: () => timeProcess(node, [HOLDFAST, 'validate', files.one], { env }),
      validate200: () => timeProcess(node, [HOLDFAST, 'validate', files.some], { env }),
      validate1000: () => timeProcess(node, [HOLDFAST, 'validate', files.many], { env }),
      ...(chaos && {
        chaosVersion: () => timeProcess(chaos, ['--version'], { env }),
        chaosValidate: () => timeProcess(chaos, ['--no-version-check', 'validate', files.chaos], { env }),
      }),
    };
    return rows(await interleave(candidates, 9));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rows(figures) {
  const node = median(figures.node);
  const chaos = (name, times = 1) =>
    figures[name] ? `Chaos Toolkit ${(median(figures[name]) * times).toFixed(0)} ms` : 'Chaos Toolkit not installed';
  const perFile = (median(figures.validate1000) - median(figures.validate200)) / 800;
  return [
    {
      what: '`holdfast --version`',
      figure: `${spread(figures.version)} ms, ${(median(figures.version) / node).toFixed(2)}x \`node -e 0\``,
      aim: '<= 1.6x',
      beside: `node -e 0 ${spread(figures.node)} ms; ${chaos('chaosVersion')}`,
    },
    {
      what: '`validate`, 1 file',
      figure: `${spread(figures.validate1)} ms`,
      aim: '< 120 ms',
      beside: chaos('chaosValidate'),
    },
    {
      what: '`validate`, 200 files',
      figure: `${spread(figures.validate200)} ms`,
      aim: '< 250 ms',
      beside: `${chaos('chaosValidate', 200)} (200 processes)`,
    },
    {
      what: '`validate`, 1,000 files',
      figure: `${spread(figures.validate1000)} ms, ${perFile.toFixed(2)} ms a further file`,
      aim: 'linear',
      beside: '-',
    },
  ];
}

function writeExperiments(folder) {
  const files = {
    one: join(folder, 'one.yaml'),
    some: join(folder, 'some'),
    many: join(folder, 'many'),
    chaos: join(folder, 'chaos.json'),
  };
  writeFileSync(files.one, experiment('one'));
  for (const [name, count] of [
    ['some', 200],
    ['many', 1000],
  ]) {
    const target = join(folder, name, 'x');
    mkdirSync(join(folder, name));
    for (let n = 0; n < count; n += 1) writeFileSync(`${target}-${n}.yaml`, experiment(`x-${n}`));
  }
  writeFileSync(files.chaos, JSON.stringify(chaosExperiment()));
  return files;
}

function experiment(name) {
  return `apiVersion: holdfast.dev/v1alpha1
kind: Experiment
metadata: {name: ${name}}
spec:
  description: Ratings answers 2 s late for jason.
  sessions:
    jason: {login: {method: POST, path: /login, form: {username: jason, passwd: jason}}}
  phases: {baseline: 2s, fault: 5s, recovery: {within: 20s, stable: 1s}}
  hypothesis:
    - name: jason gets his page
      http: {path: /productpage, session: jason, timeout: 10s}
      rate: 2/s
      expect: {status: 200, within: 3s, body: {contains: [Reviewer1]}}
  faults:
    - name: slow ratings
      delay: {service: ratings, fixedDelay: 2s, match: {headers: {end-user: {exact: jason}}}}
`;
}

function chaosExperiment() {
  const probe = {
    type: 'probe',
    name: 'page',
    tolerance: 200,
    provider: { type: 'http', url: 'http://127.0.0.1:9/productpage', timeout: 3 },
  };
  return {
    version: '1.0.0',
    title: 'page',
    description: 'page',
    'steady-state-hypothesis': { title: 'page', probes: [probe] },
    method: [],
  };
}
