import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { connect, type ConnectOptions } from '../../src/cluster/connect.ts';
import { inClusterContext } from '../../src/cluster/kubeconfig/in-cluster.ts';
import { createSteppedClock } from '../helpers/stepped-clock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('choosing a cluster', () => {
  it("never takes kubectl's current context, and lists the contexts there are", async () => {
    const file = kubeconfig('config', ['staging', 'production']);
    await expect(connecting({ kubeconfig: file })).rejects.toMatchObject({
      code: 'CONTEXT_MISSING',
      message: expect.stringContaining('staging, production') as string,
      details: { hint: expect.stringContaining('--context') as string, where: file },
    });
  });

  it('names the nearest context when the one asked for is unknown', async () => {
    const file = kubeconfig('config', ['staging', 'production']);
    await expect(connecting({ kubeconfig: file, context: 'stagign' })).rejects.toMatchObject({
      code: 'CONTEXT_UNKNOWN',
      details: { hint: 'Did you mean --context staging?' },
    });
  });

  it('merges the files of KUBECONFIG, the first one winning, and skips those that are missing', async () => {
    const first = kubeconfig('first', ['staging'], 'https://first:6443');
    const second = kubeconfig('second', ['staging', 'production'], 'https://second:6443');
    const env = { KUBECONFIG: [join(folder, 'missing'), first, second].join(delimiter) };
    await expect(connecting({ context: 'staging', env })).resolves.toMatchObject({ server: 'https://first:6443' });
    await expect(connecting({ context: 'production', env })).resolves.toMatchObject({
      context: 'production',
      kubectl: 'kubectl --context production',
    });
  });

  it('falls back to ~/.kube/config, and says so when there is no kubeconfig at all', async () => {
    await expect(connecting({ context: 'staging', env: { HOME: folder } })).rejects.toMatchObject({
      code: 'CONTEXT_UNKNOWN',
      message: expect.stringContaining('no kubeconfig') as string,
    });
  });

  it('prints a kubectl prefix that reaches the same cluster, quoted where the shell needs it', async () => {
    const file = kubeconfig('my config', ['kind-a b']);
    const cluster = await connecting({ kubeconfig: file, context: 'kind-a b' });
    expect(cluster.kubectl).toBe(`kubectl --kubeconfig '${file}' --context 'kind-a b'`);
  });

  it('does not mistake a pod outside of Kubernetes for a cluster', async () => {
    const env = { HOME: folder, KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    await expect(connecting({ context: 'in-cluster', env })).rejects.toMatchObject({ code: 'CONTEXT_UNKNOWN' });
  });
});

describe('the cluster we run in', () => {
  it('is known by the service account of our pod', () => {
    write('token', 'abc');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };
    expect(inClusterContext(env, folder)).toMatchObject({
      name: 'in-cluster',
      cluster: { server: 'https://[fd00::1]:6443', caFile: join(folder, 'ca.crt') },
      user: { tokenFile: join(folder, 'token') },
    });
    expect(inClusterContext({}, folder)).toBeUndefined();
  });
});

describe('a kubeconfig that cannot be used', () => {
  it.each([
    ['is not YAML', 'a: [b', /config:1:\d+$/],
    ['is a list', '- a', /config$/],
    ['has contexts that are no list', 'contexts: 7', /config$/],
    ['has a context without a name', 'contexts: [{context: {cluster: a}}]', /config$/],
  ])('is named when it %s', async (_what, text, where) => {
    const file = write('config', text);
    await expect(connecting({ kubeconfig: file, context: 'a' })).rejects.toMatchObject({
      code: 'KUBECONFIG_INVALID',
      details: { where: expect.stringMatching(where) as string },
    });
  });

  it('is named when it does not exist but was asked for', async () => {
    const file = join(folder, 'nowhere');
    await expect(connecting({ kubeconfig: file, context: 'a' })).rejects.toMatchObject({
      code: 'KUBECONFIG_INVALID',
      details: { where: file },
    });
  });

  it('is named when its context leads nowhere', async () => {
    const text = stringify({ contexts: [{ name: 'a', context: { cluster: 'gone', user: 'u' } }] });
    await expect(connecting({ kubeconfig: write('config', text), context: 'a' })).rejects.toMatchObject({
      code: 'KUBECONFIG_INVALID',
      message: expect.stringContaining('cluster "gone"') as string,
    });
  });

  it('is named when its server is no address', async () => {
    const file = kubeconfig('config', ['a'], 'my-cluster');
    await expect(connecting({ kubeconfig: file, context: 'a' })).rejects.toMatchObject({
      message: expect.stringContaining('"my-cluster"') as string,
    });
  });

  it('is named when its certificates are no certificates', async () => {
    const file = kubeconfig('config', ['a'], 'https://a', {
      'client-certificate-data': 'bm8=',
      'client-key-data': 'bm8=',
    });
    await expect(connecting({ kubeconfig: file, context: 'a' })).rejects.toMatchObject({
      code: 'KUBECONFIG_INVALID',
      details: { where: expect.stringContaining('user u') as string },
    });
  });
});

function connecting(options: Partial<ConnectOptions>): ReturnType<typeof connect> {
  return connect({ env: {}, clock: createSteppedClock(), ...options });
}

function kubeconfig(name: string, contexts: readonly string[], server = 'https://a:6443', user: object = {}): string {
  return write(
    name,
    stringify({
      'current-context': contexts[0],
      contexts: contexts.map((context) => ({ name: context, context: { cluster: 'c', user: 'u' } })),
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user }],
    }),
  );
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
