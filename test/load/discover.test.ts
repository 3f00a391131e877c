import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadExperiments } from '../../src/load/load-experiments.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { loadFolder } from '../helpers/load-text.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const files = {
  'exp/b.yaml': experimentText({ name: 'b', metadata: '  labels: {suite: nightly}' }),
  'exp/a.yml': experimentText({ name: 'a', spec: '  description: slow reviews' }),
  'exp/deep/c.json': '{"apiVersion":"v1","kind":"ConfigMap"}',
  'exp/deep/d.yaml': `${experimentText({ name: 'd1' })}---\n${experimentText({ name: 'd2' })}`,
  'exp/helm/values.yaml': 'image: {{ .Values.image }}\n',
  'exp/rollout.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Experiment\n',
  'exp/holdfast.config.yaml': 'context: staging\n',
  'exp/node_modules/x.yaml': experimentText({ name: 'x' }),
  'exp/notes.txt': 'holdfast.dev',
};

async function names(paths: readonly string[], options = {}): Promise<readonly string[] | string> {
  const { experiments, printed } = await loadFolder(files, paths, options);
  return printed === '' ? experiments.map(({ name }) => name) : printed;
}

describe('finding experiments', () => {
  it.each([
    ['a file', ['exp/a.yml'], ['a']],
    ['a folder, sorted, without what belongs to others', ['exp'], ['a', 'b', 'd1', 'd2']],
    ['a folder with a slash', ['./exp/deep/'], ['d1', 'd2']],
    ['a glob', ['exp/**/*.yaml'], ['b', 'd1', 'd2']],
    ['a glob with braces', ['exp/{a.yml,b.yaml}'], ['a', 'b']],
    ['a line of a file', ['exp/deep/d.yaml:20'], ['d2']],
    ['the line between two documents', ['exp/deep/d.yaml:13'], ['d2']],
    ['the first line', ['exp/deep/d.yaml:1'], ['d1']],
    ['two lines of one file', ['exp/deep/d.yaml:20', 'exp/deep/d.yaml:3'], ['d1', 'd2']],
    ['a file twice, once', ['exp/a.yml', 'exp', 'exp/a.yml'], ['a', 'b', 'd1', 'd2']],
    ['a line and its whole file', ['exp/deep/d.yaml:20', 'exp/deep'], ['d1', 'd2']],
  ])('takes %s', async (_, paths, found) => {
    expect(await names(paths)).toEqual(found);
  });

  it.each([
    [{ selector: 'suite=nightly' }, ['b']],
    [{ selector: '!suite', grep: '^d' }, ['d1', 'd2']],
    [{ grep: 'slow reviews' }, ['a']],
  ])('narrows by %j', async (options, found) => {
    expect(await names(['exp'], options)).toEqual(found);
  });

  it.each([
    [
      ['exp/bb.yaml'],
      {},
      'error there is no file or folder `exp/bb.yaml` (PATH_NOT_FOUND)\n    Did you mean `exp/b.yaml`?\n',
    ],
    [['nowhere/**/*.yaml'], {}, 'error no file matches `nowhere/**/*.yaml` (PATH_NOT_FOUND)\n'],
    [['exp/helm'], {}, 'error there is no experiment in `exp/helm` (NOTHING_SELECTED)\n'],
    [
      ['exp'],
      { selector: 'suite=weekly' },
      "error none of 4 experiments matches -l 'suite=weekly' (NOTHING_SELECTED)\n    See what there is with: holdfast list\n",
    ],
    [['exp'], { grep: '(' }, 'error `(` is not a regular expression: unterminated group (SELECTOR_INVALID)\n'],
    [
      ['exp'],
      { selector: 'suite>1' },
      'error `suite>1` is not a label selector (SELECTOR_INVALID)\n    Allowed: a=b, a==b, a!=b, a in (b,c), a notin (b,c), a, !a; joined by\n    commas, all of them must hold.\n',
    ],
  ])('never widens or empties a run silently: %j %j', async (paths, options, printed) => {
    expect(await names(paths, options)).toBe(printed);
  });

  it('tells a line on which there is no experiment', async () => {
    const { printed } = await loadFolder({ 'x.yaml': `${experimentText()}---\nkind: Pod\napiVersion: v1\n` }, [
      'x.yaml:14',
    ]);
    expect(printed).toContain('x.yaml:14:1 error there is no experiment on line 14 (NOTHING_SELECTED)\n');
  });

  it('refuses two experiments of one name, naming both places', async () => {
    const { printed } = await loadFolder({ 'a.yaml': experimentText(), 'b.yaml': experimentText() }, [
      'a.yaml',
      'b.yaml',
    ]);
    expect(printed).toContain(
      'b.yaml:1:1 error another experiment is called `ratings-down` already (DUPLICATE_NAME)\n',
    );
    expect(printed).toContain('The other is at a.yaml:1.');
  });

  it('follows links to folders, each once, also when they lead in a circle', async () => {
    const cwd = tempFolder({
      'exp/a.yaml': experimentText({ name: 'a' }),
      'far/b.yaml': experimentText({ name: 'b' }),
    });
    symlinkSync('..', join(cwd, 'exp/up'));
    symlinkSync('../far', join(cwd, 'exp/far'));
    const { experiments, diagnostics } = await loadExperiments(['exp'], { cwd, env: {}, set: {} });
    expect(diagnostics).toEqual([]);
    expect(experiments.map(({ name }) => name)).toEqual(['a', 'b']);
    const globbed = await loadExperiments(['exp/**/*.yaml'], { cwd, env: {}, set: {} });
    expect(globbed.experiments.map(({ name }) => name)).toEqual(['a']);
  });

  it('tells of links that lead nowhere or back to themselves, instead of passing them over', async () => {
    const cwd = tempFolder({ 'exp/a.yaml': experimentText({ name: 'a' }) });
    symlinkSync('loop.yaml', join(cwd, 'exp/loop.yaml'));
    symlinkSync('gone.yaml', join(cwd, 'exp/nowhere.yaml'));
    const { diagnostics } = await loadExperiments(['exp'], { cwd, env: {}, set: {} });
    expect(diagnostics.map(({ range, code }) => [range?.file, code])).toEqual([
      ['exp/loop.yaml', 'FILE_UNREADABLE'],
      ['exp/nowhere.yaml', 'FILE_UNREADABLE'],
    ]);
  });
});
