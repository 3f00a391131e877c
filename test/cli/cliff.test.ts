import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { testIo } from '../helpers/test-io.ts';

const late = (name: string, service = 'ratings') =>
  `    - name: ${name}\n      delay: {service: ${service}, fixedDelay: 2s}`;

async function refused(...flags: readonly string[]): Promise<string> {
  const cwd = tempFolder({
    'abort.yaml': experimentText(),
    'late.yaml': experimentText({ fault: late('late') }),
    'two.yaml': experimentText({ fault: `${late('late')}\n${late('later', 'details')}` }),
  });
  const io = testIo({ cwd });
  await runCli(['cliff', ...flags, '--sandbox'], io);
  expect(io.exitCode()).toBe(2);
  return io.err();
}

describe('holdfast cliff, before anything is touched', () => {
  it('wants a fault that delays, and to be told which where there are several', async () => {
    expect(await refused('abort.yaml')).toContain('No fault of the experiment delays anything');
    expect(await refused('two.yaml')).toContain('Which fault? Those that delay: "late", "later".');
    expect(await refused('two.yaml', '--fault', 'latest')).toContain('--fault latest');
  });

  it('wants a range that has something in it', async () => {
    expect(await refused('late.yaml', '--from', '3s', '--to', '2s')).toContain('nothing between 3s and 2s');
    expect(await refused('late.yaml', '--to', '100ms')).toContain('nothing between 0s and 100ms in steps of 100ms');
    expect(await refused('late.yaml', '--precision', '20s')).toContain('nothing between 0s and 10s in steps of 20s');
    expect(await refused('late.yaml', '--precision', '10')).toContain('Write it as 500ms');
    expect(await refused('late.yaml', '--precision', '0s')).toContain('at least a millisecond');
    expect(await refused('late.yaml', '--samples', '1')).toContain('at least 2');
  });
});
