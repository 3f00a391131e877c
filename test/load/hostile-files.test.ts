import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadExperiments } from '../../src/load/load-experiments.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { loadText } from '../helpers/load-text.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const MiB = 1024 * 1024;
const HEAD = 'apiVersion: holdfast.dev/v1alpha1\nkind: Experiment\n';

/** A list of lists of lists ...: nine levels of ten aliases each unfold into a thousand million texts. */
const ALIAS_BOMB = Array.from('bcdefghij').reduce(
  (text, name, level) => `${text}${name}: &${name} [${Array(10).fill(`*${'abcdefghij'[level]}`).join(', ')}]\n`,
  `${HEAD}a: &a [x]\n`,
);

describe('a hostile file', () => {
  it.each([
    ['is 10 MB', 'a'.repeat(10 * MiB), 'this file is 10.0 MiB; the limit is 1 MiB'],
    ['opens a million brackets', '['.repeat(MiB - 1), 'this file has more than 250,000 elements'],
    ['closes a million braces', '}'.repeat(MiB - 1), 'this file has more than 250,000 elements'],
    [
      'has 60,000 keys in one mapping',
      Array.from({ length: 60_000 }, (_, n) => `k${n}: 0`).join('\n'),
      'this file has more than 250,000 elements',
    ],
    ['nests 5,000 lists', `${HEAD}a: ${'['.repeat(5000)}${']'.repeat(5000)}`, 'this file is nested too deeply'],
    ['nests 70 lists', `${HEAD}a: ${'['.repeat(70)}${']'.repeat(70)}`, 'this is nested deeper than 64 levels'],
    ['is an alias bomb', ALIAS_BOMB, 'this file unfolds into too much data through its aliases'],
    ['contains itself', `${HEAD}a: &a [*a]`, 'the alias `*a` contains itself'],
    ['is binary', `${HEAD}a: "\0"`, 'this file is binary: it contains a NUL byte'],
    ['is UTF-16', Buffer.from(`\uFEFF${HEAD}`, 'utf16le'), 'this file is UTF-16'],
    ['is Latin-1', Buffer.from(`${HEAD}# caf\u00E9\n`, 'latin1'), 'this line is not UTF-8 text'],
    ['is empty', '', 'this file is empty'],
    ['holds only comments', '# later\n', 'this file holds no experiment'],
    ['is of another kind', 'apiVersion: v1\nkind: Pod\n', 'this file holds no experiment'],
  ])('that %s is told apart, at once and alone', async (_, content, message) => {
    const { diagnostics, experiments } = await loadText(content);
    expect(diagnostics.map((diagnostic) => diagnostic.message)).toEqual([message]);
    expect(experiments).toEqual([]);
  });

  it('names the line of the first byte that is no text', async () => {
    const { diagnostics } = await loadText(
      Buffer.concat([Buffer.from('# \uFFFD is fine\n\n'), Buffer.from([0xe9, 0x0a])]),
    );
    expect(diagnostics[0]?.range).toMatchObject({ file: 'x.yaml', line: 3 });
  });

  it('takes seconds at most, on a slow machine too', async () => {
    const started = performance.now();
    await loadText(`${HEAD}a: &a x\nb: [${Array(60_000).fill('*a').join(',')}]`);
    await loadText(`a:\n${'\tb: 1\n'.repeat(60_000)}`);
    expect(performance.now() - started).toBeLessThan(8000);
  });

  it('cannot change what objects are', async () => {
    await loadText(experimentText({ metadata: '  labels: {__proto__: {polluted: 1}, constructor: x}' }));
    expect({}).not.toHaveProperty('polluted');
    const { experiments } = await loadText(experimentText({ metadata: '  labels: {constructor: x}' }));
    expect(experiments[0]?.labels).toEqual({ constructor: 'x' });
  });
});

describe('a file from another world', () => {
  it('is read with a byte order mark and CRLF line ends, and its places are right', async () => {
    const text = `\uFEFF${experimentText({ probe: '    - name: p\n      http: {path: /, tiemout: 1s}\n      expect: {status: 200}' })}`;
    const { printed } = await loadText(text.replaceAll('\n', '\r\n'));
    expect(printed.split('\n').slice(0, 3)).toEqual([
      'x.yaml:8:23 error unknown key `tiemout` in `spec.hypothesis[0].http` (UNKNOWN_KEY)',
      '  8 |       http: {path: /, tiemout: 1s}',
      '    |                       ^^^^^^^',
    ]);
    expect((await loadText(`\uFEFF${experimentText()}`.replaceAll('\n', '\r\n'))).printed).toBe('');
  });

  it('may be a symbolic link, but not one that leads back to itself', async () => {
    const cwd = tempFolder({ 'real.yaml': experimentText() });
    symlinkSync('real.yaml', join(cwd, 'link.yaml'));
    symlinkSync('b.yaml', join(cwd, 'a.yaml'));
    symlinkSync('a.yaml', join(cwd, 'b.yaml'));
    const options = { cwd, env: {}, set: {} };
    expect((await loadExperiments(['link.yaml'], options)).experiments).toHaveLength(1);
    const loop = await loadExperiments(['a.yaml'], options);
    expect(loop.diagnostics[0]?.message).toBe('this is a symbolic link that leads back to itself');
  });

  it('is not read for ever when it is a device without an end', async () => {
    const cwd = tempFolder({});
    symlinkSync('/dev/zero', join(cwd, 'zero.yaml'));
    const { diagnostics } = await loadExperiments(['zero.yaml'], { cwd, env: {}, set: {} });
    expect(diagnostics[0]?.message).toBe('this is not a regular file');
  });
});
