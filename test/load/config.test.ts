import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/load/config.ts';
import { formatDiagnostic } from '../../src/load/format-diagnostic.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const WHOLE = `context: \${env:CONTEXT}
kubeconfig: kube/config
protectedContexts: [prod-*]
protectedNamespaces: [kube-system]
output: out
reporter: [junit, json]
workers: 4
`;

describe('the config file', () => {
  it('is found from a folder below, up to the root of the repository, and its paths are made absolute', () => {
    const repository = tempFolder({ 'holdfast.config.yaml': WHOLE, 'a/b/x.txt': '' });
    mkdirSync(join(repository, '.git'));
    const { config, file, diagnostics } = loadConfig({ cwd: join(repository, 'a/b'), env: { CONTEXT: 'staging' } });
    expect(diagnostics).toEqual([]);
    expect(file).toBe(join(repository, 'holdfast.config.yaml'));
    expect(config).toEqual({
      context: 'staging',
      kubeconfig: join(repository, 'kube/config'),
      policy: {
        protectedContexts: [{ value: 'prod-*', where: expect.stringMatching(/holdfast\.config\.yaml:3$/) as string }],
        protectedNamespaces: [{ value: 'kube-system', where: expect.stringMatching(/:4$/) as string }],
      },
      output: join(repository, 'out'),
      reporter: ['junit', 'json'],
      workers: 4,
    });
  });

  it('is not taken from above the repository', () => {
    const folder = tempFolder({ 'holdfast.config.yaml': WHOLE, 'repository/.git/HEAD': '' });
    expect(loadConfig({ cwd: join(folder, 'repository'), env: {} })).toMatchObject({ config: {}, diagnostics: [] });
  });

  it('may be named, and must then be there', () => {
    const cwd = tempFolder({ 'team.yaml': 'workers: 2\n', 'holdfast.config.yaml': WHOLE });
    expect(loadConfig({ cwd, env: {}, path: 'team.yaml' }).config).toEqual({ workers: 2 });
    expect(loadConfig({ cwd, env: {}, path: 'no.yaml' }).diagnostics[0]).toMatchObject({
      severity: 'error',
      message: 'this file does not exist',
      range: { file: 'no.yaml' },
    });
  });

  it('may be empty', () => {
    const cwd = tempFolder({ 'holdfast.config.yaml': '# nothing yet\n' });
    expect(loadConfig({ cwd, env: {} })).toMatchObject({ config: {}, diagnostics: [] });
  });

  it('has its mistakes told like those of an experiment', () => {
    const cwd = tempFolder({ 'holdfast.config.yaml': 'contxt: staging\nworkers: 0\nreporter: [junti]\n' });
    const { diagnostics, sources, config } = loadConfig({ cwd, env: {} });
    expect(config).toEqual({});
    expect(
      diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, sources.get('holdfast.config.yaml'))).join(''),
    ).toBe(
      `holdfast.config.yaml:1:1 error unknown key \`contxt\` at the top (UNKNOWN_KEY)
  1 | contxt: staging
    | ^^^^^^
    Did you mean \`context\`? Allowed: context, kubeconfig, protectedContexts,
    protectedNamespaces, policy, requireSweeper, output, reporter, workers.
holdfast.config.yaml:2:10 error \`0\` is out of range (INVALID_VALUE)
  2 | workers: 0
    |          ^
    Allowed: a whole number from 1 to 64.
holdfast.config.yaml:3:12 error \`reporter[0]\` is \`junti\` (INVALID_VALUE)
  3 | reporter: [junti]
    |            ^^^^^
    Did you mean \`junit\`? Allowed: junit, json.
`,
    );
  });
});
