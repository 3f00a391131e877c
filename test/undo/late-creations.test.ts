import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { HoldfastError } from '../../src/model/errors.ts';
import type { KubernetesObject } from '../../src/model/kubernetes.ts';
import { type LateCreation, watchCreations } from '../../src/undo/late-creations.ts';
import { createFakeCluster } from '../helpers/fake-cluster.ts';
import { createSteppedClock } from '../helpers/stepped-clock.ts';

const KEY = { namespace: 'default', name: 'ours' };

function rule(labels: Readonly<Record<string, string>>): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { ...KEY, labels },
    spec: { hosts: ['details'] },
  };
}

async function givenUp(labels: Readonly<Record<string, string>>, code: 'API_TIMEOUT' | 'API_REFUSED' = 'API_TIMEOUT') {
  const clock = createSteppedClock();
  const late: LateCreation[] = [];
  const fake = createFakeCluster([], {
    beforeWrite: ({ verb }) => {
      if (verb === 'create') throw new HoldfastError(code, { message: 'no answer' });
    },
  });
  const cluster: Cluster = watchCreations(fake, clock, (it) => void late.push(it));
  const object = rule(labels);
  const resource = await cluster.resourceOf(object);
  await expect(cluster.create(resource, object)).rejects.toThrow('no answer');
  return { clock, late, fake, object };
}

describe('a creation that was given up', () => {
  it('is waited for, and what comes after all is deleted', async () => {
    const { clock, late, fake, object } = await givenUp({ 'holdfast.dev/run': 'r1' });
    expect(late.map((it) => it.title)).toEqual(['creation of VirtualService default/ours, which was not answered']);
    const waited = late[0]?.outwait(new AbortController().signal);
    await clock.step(15_000);
    fake.put(object);
    await clock.step(1_000);
    expect(fake.has('VirtualService', KEY)).toBe(false);
    fake.put(object);
    await clock.step(4_000);
    await waited;
    expect(fake.has('VirtualService', KEY)).toBe(false);
  });

  it('does not make an object of another run go', async () => {
    const { clock, late, fake } = await givenUp({ 'holdfast.dev/run': 'r1' });
    fake.put(rule({ 'holdfast.dev/run': 'r2' }));
    const waited = late[0]?.outwait(new AbortController().signal);
    await clock.step(20_000);
    await waited;
    expect(fake.has('VirtualService', KEY)).toBe(true);
  });

  it('of a setup is waited for and left to the undo of the setup', async () => {
    const { clock, late, fake, object } = await givenUp({ 'holdfast.dev/run': 'r1', 'holdfast.dev/setup': 'r1' });
    fake.put(object);
    const waited = late[0]?.outwait(new AbortController().signal);
    await clock.step(19_000);
    expect(clock.sleeping).toBe(1);
    await clock.step(1_000);
    await waited;
    expect(fake.has('VirtualService', KEY)).toBe(true);
  });
});

it('Nothing is waited for when a creation was answered with a refusal', async () => {
  const { late } = await givenUp({ 'holdfast.dev/run': 'r1' }, 'API_REFUSED');
  expect(late).toEqual([]);
});
