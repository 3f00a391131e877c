import { describe, expect, it } from 'vitest';
import { resolveClusterSecrets } from '../../src/load/cluster-secrets.ts';
import { experimentText } from '../helpers/experiment-text.ts';
import { loadText } from '../helpers/load-text.ts';

const text = experimentText({
  spec: '  sessions: {a: {headers: {authorization: "Bearer ${secret:shop/login/token}", note: "$${secret:shop/login/token}"}}}',
});

describe('a secret of the cluster', () => {
  it('is put in once the cluster can be asked, and each key is read once', async () => {
    const { experiments } = await loadText(text);
    const asked: string[] = [];
    const resolved = await resolveClusterSecrets([...experiments, ...experiments], (...key) => {
      asked.push(key.join('/'));
      return Promise.resolve('t0ken');
    });
    const headers = { authorization: 'Bearer t0ken', note: '${secret:shop/login/token}' };
    expect(resolved.experiments[1]?.sessions['a']?.headers).toEqual(headers);
    expect(resolved.secrets).toEqual(['t0ken']);
    expect(asked).toEqual(['shop/login/token']);
  });

  it('that is not there is named with the file that asks for it', async () => {
    const { experiments } = await loadText(text);
    await expect(resolveClusterSecrets(experiments, () => Promise.resolve(undefined))).rejects.toMatchObject({
      code: 'SECRET_NOT_FOUND',
      details: { where: 'Secret shop/login, key token, named by x.yaml (ratings-down)' },
    });
  });

  it('changes nothing where none is asked for', async () => {
    const { experiments } = await loadText(experimentText());
    const resolved = await resolveClusterSecrets(experiments, () => Promise.reject(new Error('not asked')));
    expect(resolved).toEqual({ experiments, secrets: [] });
  });
});
