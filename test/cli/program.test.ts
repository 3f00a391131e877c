import { describe, expect, it } from 'vitest';
import { formatError } from '../../src/cli/print-error.ts';
import { runCli } from '../../src/cli/program.ts';
import { wantsColour } from '../../src/cli/io.ts';
import { HoldfastError } from '../../src/model/errors.ts';
import { testIo } from '../helpers/test-io.ts';

describe('the command line', () => {
  it('prints help to stdout and ends with 0 when called alone', async () => {
    const io = testIo();
    await runCli([], io);
    expect(io.out()).toContain('Usage: holdfast');
    expect([io.err(), io.exitCode()]).toEqual(['', 0]);
  });

  it('ends with 2 on an unknown flag', async () => {
    const io = testIo();
    await runCli(['--verison'], io);
    expect(io.err()).toBe("error: unknown option '--verison'\n(Did you mean --version?)\n");
    expect([io.out(), io.exitCode()]).toEqual(['', 2]);
  });

  it.each([['status'], ['recover']])('refuses -n for %s, which looks at all namespaces', async (command) => {
    const io = testIo();
    await runCli([command, '-n', 'default'], io);
    expect([io.err().split('\n')[0], io.exitCode()]).toEqual(["error: unknown option '-n'", 2]);
  });

  it('takes the Istio version of the sandbox as people write it', async () => {
    const io = testIo();
    await runCli(['run', 'x.yaml', '--sandbox', '--istio', 'new'], io);
    expect(io.err()).toContain('Write it as 1.23.');
    expect(io.exitCode()).toBe(2);
  });

  it('prints its version and ends with 0', async () => {
    const io = testIo();
    await runCli(['--version'], io);
    expect(io.out()).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(io.exitCode()).toBe(0);
  });
});

describe('a time for the rollback', () => {
  it('is shown in seconds', async () => {
    const io = testIo();
    await runCli(['run', '--help'], io);
    expect(io.out()).toContain('time for taking everything back (default: 30)');
  });

  it.each(['0', '3601', '9999999999', '1.5', 'soon'])('cannot be %s', async (time) => {
    const io = testIo();
    await runCli(['run', 'x.yaml', '--sandbox', '--rollback-timeout', time], io);
    expect(io.err()).toContain("option '--rollback-timeout <seconds>' argument");
    expect(io.exitCode()).toBe(2);
  });
});

describe('a printed error', () => {
  it('says what, where and what to do, without a stack', () => {
    const error = new HoldfastError('CONTEXT_MISSING', {
      message: 'No context.',
      where: 'run',
      hint: 'Use --context.',
    });
    expect(formatError(error, testIo())).toBe(
      'error: No context. (CONTEXT_MISSING)\n  where: run\n  hint: Use --context.\n',
    );
  });

  it('keeps the stack of a defect', () => {
    expect(formatError(new TypeError('x is not a function'), testIo())).toMatch(
      /^error: this is a defect[^\n]*\nTypeError: x is not a function\n {4}at /,
    );
  });
});

describe('colour', () => {
  it.each([
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ NO_COLOR: '', TERM: 'xterm' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ TERM: 'dumb' }, true, false],
    [{}, false, false],
  ])('env %j with a terminal: %s gives %s', (env, isTTY, colour) => {
    expect(wantsColour(env, isTTY)).toBe(colour);
  });
});
