import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statusOrError } from '../../helpers/status-or-error.ts';
import { until } from '../../helpers/until.ts';
import { httpbin, startWorkloadWorld } from '../../helpers/workload-world.ts';
import type { WorkloadWorld } from '../../helpers/workload-world.ts';

let world: WorkloadWorld;

beforeEach(() => {
  world = startWorkloadWorld();
});
afterEach(() => world.close());

describe('a pod that is deleted with a grace period', () => {
  it('answers what is under way, takes nothing new, and is gone as soon as that is done', async () => {
    const { port, name } = await startOne();
    const answer = statusOrError(port, '/delay/0.5');
    await statusOrError(port, '/get');
    world.store.remove('pods', 'default', name, { gracePeriodSeconds: 30 });

    await until('it refuses', async () => (await statusOrError(port, '/get')) === 'ECONNREFUSED');
    expect(world.store.get('pods', 'default', name)?.metadata.deletionTimestamp).toBeDefined();
    expect(await answer).toBe(200);
    await until('it is gone', () => world.store.get('pods', 'default', name) === undefined);
  });

  it('is cut off when the period is over', async () => {
    const { port, name } = await startOne();
    const answer = statusOrError(port, '/delay/10');
    await statusOrError(port, '/get');
    world.store.remove('pods', 'default', name, { gracePeriodSeconds: 1 });

    expect(await answer).toBe('ECONNRESET');
    await until('it is gone', () => world.store.get('pods', 'default', name) === undefined);
  });

  it('leaves the endpoints at once, and its replacement does not wait for it', async () => {
    world.store.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'httpbin', namespace: 'default' },
      spec: { selector: { app: 'httpbin' }, ports: [{ port: 8000, targetPort: 8080 }] },
    });
    const { port, name } = await startOne();
    const answer = statusOrError(port, '/delay/10');
    await statusOrError(port, '/get');
    world.store.remove('pods', 'default', name, { gracePeriodSeconds: 30 });
    await until('a replacement is ready', () => world.pods().length === 2 && readyTargets().length === 1);

    expect(readyTargets()).not.toContain(name);
    world.store.remove('pods', 'default', name);
    expect(await answer).toBe('ECONNRESET');
  });
});

async function startOne(): Promise<{ port: number; name: string }> {
  world.store.create('deployments.apps', httpbin(1));
  const [pod] = await world.readyPods(1);
  return { port: world.portOf(pod), name: pod?.metadata.name ?? '' };
}

function readyTargets(): string[] {
  const subsets = world.store.get('endpoints', 'default', 'httpbin')?.['subsets'] as
    { addresses?: { targetRef: { name: string } }[] }[] | undefined;
  return subsets?.[0]?.addresses?.map(({ targetRef }) => targetRef.name) ?? [];
}
