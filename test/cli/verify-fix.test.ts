import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { withManifest } from '../../src/cli/manifest-flag.ts';
import { anExperiment, aSetup } from '../helpers/an-experiment.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { testIo } from '../helpers/test-io.ts';

async function refused(...flags: readonly string[]): Promise<string> {
  const cwd = tempFolder({
    'one.yaml': experimentText(),
    'two.yaml': `${experimentText()}---\n${experimentText({ name: 'other' })}`,
    'empty.yaml': '',
    'fix.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n',
  });
  const io = testIo({ cwd });
  await runCli(['verify-fix', ...flags], io);
  expect(io.exitCode()).toBe(2);
  return io.err();
}

describe('holdfast verify-fix, before anything is touched', () => {
  it('wants something that tells the two sides apart', async () => {
    expect(await refused('one.yaml', '--sandbox')).toContain('Nothing tells the two sides apart');
    expect(await refused('one.yaml', '--before-context', 'a')).toContain('go together');
    const same = ['--before', 'fix.yaml', '--after', './fix.yaml'];
    expect(await refused('one.yaml', '--sandbox', ...same)).toContain('Nothing tells the two sides apart');
    const contexts = ['--before-context', 'a', '--after-context', 'a'];
    expect(await refused('one.yaml', ...contexts)).toContain('Nothing tells the two sides apart');
    expect(await refused('one.yaml', ...contexts, ...same)).toContain('Nothing tells the two sides apart');
  });

  it('refuses two contexts beside a sandbox or a third one', async () => {
    const contexts = ['--before-context', 'a', '--after-context', 'b'];
    expect(await refused('one.yaml', '--sandbox', ...contexts)).toContain('--sandbox and --before-context');
    expect(await refused('one.yaml', '--context', 'c', ...contexts)).toContain('--context and --before-context');
    expect(await refused('one.yaml', '--yes-context', 'c', ...contexts)).toContain('neither side');
  });

  it('takes one experiment, and names those that are chosen', async () => {
    expect(await refused('two.yaml', '--sandbox', '--after', 'fix.yaml')).toContain('ratings-down, other');
  });

  it('says what is wrong with a manifest', async () => {
    expect(await refused('one.yaml', '--sandbox', '--after', 'none.yaml')).toContain('--after none.yaml');
    expect(await refused('one.yaml', '--sandbox', '--after', 'empty.yaml')).toContain('it holds no object');
    expect(await refused('one.yaml', '--sandbox', '--after', 'two.yaml')).toContain('two.yaml holds an experiment');
  });
});

describe('the manifest of a side', () => {
  it('comes after the setup of the file, and in the place of what both name', () => {
    const own = [aSetup('reviews'), aSetup('ratings')];
    const experiment = anExperiment({ setup: own });
    const [first] = aSetup('reviews').objects;
    const fix = {
      file: 'fix.yaml',
      objects: [
        { ...first!, apiVersion: 'networking.istio.io/v1beta1', metadata: { name: 'reviews', namespace: 'default' } },
      ],
    };
    expect(withManifest(experiment, fix).setup).toEqual([own[1], fix]);
    const elsewhere = { file: 'fix.yaml', objects: [{ ...first!, metadata: { name: 'reviews', namespace: 'other' } }] };
    expect(withManifest(experiment, elsewhere).setup).toEqual([...own, elsewhere]);
  });
});
