import { expect, it } from 'vitest';
import { connect } from '../../src/cluster/connect.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { parseMisbehaviour } from '../../src/sandbox/api-server/intervention/misbehaviour.ts';
import { startSandboxApi } from '../helpers/sandbox-api.ts';
import { until } from '../helpers/until.ts';

const MAPS = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const WAYS = ['close=50', 'cut', '410', 'close=0', 'reset', '500', '429', 'slow=300'];

it('a watch tells every change once and in order, however often it is closed, cut, reset, refused or told to start anew', async () => {
  let watches = 0;
  const api = await startSandboxApi({
    intervene: ({ verb }) => {
      if (verb !== 'watch') return undefined;
      const way = WAYS[watches++];
      return way === undefined ? undefined : { misbehaviour: parseMisbehaviour(way) };
    },
  });
  const over = new AbortController();
  try {
    const { kubeconfigPath: kubeconfig, context } = api;
    const cluster = await connect({ kubeconfig, context, env: {}, clock: systemClock });
    const seen: string[] = [];
    const told = cluster.watch(MAPS, { namespace: 'default', signal: over.signal }, ({ type, object }) =>
      seen.push(`${type} ${object.metadata.name}`),
    );
    const names = WAYS.map((_, n) => `map-${n}`);
    for (const [n, name] of names.entries()) {
      await until(`watch ${n + 1}`, () => watches > n);
      api.store.create('configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'default' },
      });
    }
    await until('all are told', () => seen.length >= names.length, 10_000);
    expect(seen).toEqual(names.map((name) => `ADDED ${name}`));
    over.abort();
    await told;
    await cluster.close();
  } finally {
    over.abort();
    await api.close();
  }
});
