import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { experimentJsonSchema } from '../../src/load/json-schema.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import type { TestIo } from '../helpers/test-io.ts';
import { testIo } from '../helpers/test-io.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const files = {
  'good.yaml': `${experimentText({ name: 'one', metadata: '  labels: {suite: nightly}' })}---\n${experimentText({ name: 'two' })}`,
  'bad/bad.yaml': experimentText({ probe: '    - {name: p, http: {path: /, tiemout: 1s}, expect: {status: 200}}' }),
};

async function holdfast(...args: readonly string[]): Promise<TestIo> {
  const io = testIo({ cwd: tempFolder(files) });
  await runCli(args, io);
  return io;
}

describe('holdfast validate', () => {
  it('says on stderr that files are valid, and ends with 0', async () => {
    const io = await holdfast('validate', 'good.yaml');
    expect([io.out(), io.err(), io.exitCode()]).toEqual(['', '2 experiments in 1 file: valid\n', 0]);
  });

  it('prints mistakes with their frame on stderr, and ends with 2', async () => {
    const io = await holdfast('validate', '.');
    expect(io.err()).toContain('bad/bad.yaml:7:33 error unknown key `tiemout`');
    expect([io.out(), io.exitCode()]).toEqual(['', 2]);
  });

  it('warns of traps at their key, and ends with 0; one that can only mislead is an error', async () => {
    const probe = (expectation: string) =>
      `    - name: page\n      http: {path: /productpage, timeout: 2s}\n      expect: ${expectation}`;
    const files = {
      'doubt.yaml': experimentText({ probe: probe('{status: 200}') }),
      'never.yaml': experimentText({ probe: probe("{status: 200, latency: {min: '>= 3s'}}") }),
    };
    const io = testIo({ cwd: tempFolder(files) });
    await runCli(['validate', 'doubt.yaml'], io);
    expect(io.err()).toMatch(
      /^doubt\.yaml:9:16 warning Probe "page" looks at nothing but .* \(STATUS_ONLY\)\n {2}9 \| /,
    );
    expect(io.exitCode()).toBe(0);
    const other = testIo({ cwd: tempFolder(files) });
    await runCli(['validate', 'never.yaml'], other);
    expect(other.err()).toMatch(/^never\.yaml:9:39 error Probe "page" waits for .* \(TIMEOUT_TOO_SHORT\)/);
    expect(other.exitCode()).toBe(2);
  });

  it('also says what only the driver of a fault knows to be wrong', async () => {
    const fault =
      '    - {name: f, abort: {service: ratings, httpStatus: 503, gateway: true, from: {labels: {app: a}}}}';
    const io = testIo({ cwd: tempFolder({ 'x.yaml': experimentText({ fault }) }) });
    await runCli(['validate', 'x.yaml'], io);
    expect(io.err()).toMatch(
      /^x\.yaml:11:7 error Fault "f": `from` chooses pods inside the mesh .* \(FAULT_INVALID\)\n {2}11 \| /,
    );
    expect(io.exitCode()).toBe(2);
  });

  it('gives the same as data on stdout', async () => {
    const io = await holdfast('validate', '.', '-o', 'json');
    const { valid, experiments, diagnostics } = JSON.parse(io.out());
    expect([valid, io.exitCode(), io.err()]).toEqual([false, 2, '']);
    expect(experiments.map(({ name }: { name: string }) => name)).toEqual(['one', 'two']);
    expect(diagnostics[0].range).toEqual({ file: 'bad/bad.yaml', line: 7, column: 33, length: 7 });
  });

  it('ends with 2 without a path, with an unknown flag, an unknown format or a bad --set', async () => {
    expect((await holdfast('validate')).exitCode()).toBe(2);
    expect((await holdfast('validate', '.', '--grpe', 'x')).err()).toContain('(Did you mean --grep?)');
    expect((await holdfast('validate', '.', '-o', 'yaml')).err()).toContain('Allowed choices are text, json.');
    expect((await holdfast('validate', '.', '--set', 'x')).err()).toContain('Write it as name=value.');
    expect((await holdfast('valdate', '.')).err()).toContain('(Did you mean validate?)');
  });
});

describe('holdfast list', () => {
  it('prints a table, names or JSON on stdout', async () => {
    expect((await holdfast('list', 'good.yaml')).out()).toBe(
      'NAME   DURATION   FAULTS       FILE\n' +
        'one    38s        no ratings   good.yaml:1\n' +
        'two    38s        no ratings   good.yaml:15\n',
    );
    expect((await holdfast('list', 'good.yaml', '-l', 'suite', '-o', 'name')).out()).toBe('one\n');
    const [first] = JSON.parse((await holdfast('list', 'good.yaml', '-o', 'json')).out());
    expect(first).toEqual({
      name: 'one',
      file: 'good.yaml',
      line: 1,
      labels: { suite: 'nightly' },
      description: '',
      namespace: 'default',
      durationMs: 38_000,
      probes: ['page'],
      faults: ['no ratings'],
    });
  });

  it('masks secrets', async () => {
    const spec = '  description: Uses ${secret:PASSWORD}';
    const io = testIo({ cwd: tempFolder({ 'x.yaml': experimentText({ spec }) }), env: { PASSWORD: 'hunter2' } });
    await runCli(['list', 'x.yaml', '-o', 'json'], io);
    expect(JSON.parse(io.out())[0].description).toBe('Uses ***');
  });

  it('prints nothing on stdout and ends with 2 when a file has a mistake or nothing is left', async () => {
    for (const args of [['.'], ['good.yaml', '--grep', 'three']]) {
      const io = await holdfast('list', ...args);
      expect([io.out(), io.exitCode()]).toEqual(['', 2]);
    }
  });
});

describe('holdfast schema', () => {
  it('prints the JSON Schema', async () => {
    expect((await holdfast('schema')).out()).toBe(experimentJsonSchema());
  });
});
