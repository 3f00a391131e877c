import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src/model/errors.ts';
import type { PodKillFaultSpec } from '../../../src/model/fault.ts';
import type { FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { aDeployment, kill, killWorld, podNames, replace } from '../../helpers/kill-world.ts';
import { createSteppedClock } from '../../helpers/stepped-clock.ts';

const SECOND = 1000;

/** A kill every second whose pods the controller replaces whenever `heal` is called. */
async function repeated(spec: Partial<PodKillFaultSpec> = {}, options: FakeClusterOptions = {}) {
  const world = await killWorld(aDeployment('reviews', 3), kill({ every: SECOND, ...spec }), options);
  const clock = createSteppedClock();
  const stop = new AbortController();
  const context = { ...world.context, clock, signal: stop.signal };
  const injected = await world.driver.inject(world.ready, context);
  const kept = world.driver.keepUp!(world.ready, context).then(
    () => 'done',
    (error: unknown) => (stop.signal.aborted ? 'stopped' : error),
  );
  const heal = () => replace(world.cluster, 'reviews-rs', 3);
  return { ...world, clock, stop, context, injected, kept, heal };
}

describe('killing again and again', () => {
  it('kills another pod every so often, until it is stopped', async () => {
    const { clock, cluster, heal, stop, kept, driver, handle, injected, context } = await repeated();
    for (let round = 0; round < 3; round += 1) {
      heal();
      await clock.step(SECOND);
    }
    expect(cluster.writes).toHaveLength(4);
    const { detail } = await driver.observe(handle, injected, context);
    expect(detail).toContain('4 rounds so far');
    stop.abort();
    expect(await kept).toBe('stopped');
    heal();
    await clock.step(5 * SECOND);
    expect(cluster.writes).toHaveLength(4);
  });

  it('spares the last ready pod, and says so', async () => {
    const { clock, cluster, stop, kept, driver, handle, injected, context } = await repeated();
    await clock.step(4 * SECOND);
    expect(podNames(cluster)).toHaveLength(1);
    const { detail, state } = await driver.observe(handle, injected, context);
    expect([state, detail]).toEqual([
      'active',
      expect.stringContaining('a round killed nobody: Deployment default/reviews'),
    ]);
    stop.abort();
    await kept;
  });

  it('kills nobody where nobody runs, and goes on when somebody does', async () => {
    const { clock, cluster, heal, stop, kept } = await repeated({ take: { kind: 'all' }, allowAllReplicas: true });
    await clock.step(2 * SECOND);
    expect(cluster.writes).toHaveLength(3);
    heal();
    await clock.step(SECOND);
    expect(cluster.writes).toHaveLength(6);
    stop.abort();
    await kept;
  });

  it('does not begin a round while the one before it is under way', async () => {
    const slow: { release?: () => void } = {};
    const running = { now: 0, most: 0 };
    const { clock, cluster, heal, stop, kept } = await repeated(
      {},
      {
        beforeWrite: async ({ n }) => {
          running.now += 1;
          running.most = Math.max(running.most, running.now);
          if (n === 2) await new Promise<void>((resolve) => (slow.release = resolve));
          running.now -= 1;
        },
      },
    );
    heal();
    await clock.step(3 * SECOND);
    expect(cluster.writes).toHaveLength(2);
    slow.release?.();
    heal();
    await clock.step(SECOND);
    heal();
    await clock.step(SECOND);
    expect(cluster.writes.length).toBeGreaterThan(2);
    expect(running.most).toBe(1);
    stop.abort();
    await kept;
  });

  it('ends with what refused it', async () => {
    const { clock, heal, kept } = await repeated(
      {},
      {
        beforeWrite: ({ n }) => {
          if (n > 1) throw new HoldfastError('API_FORBIDDEN', { message: 'no more', status: 403 });
        },
      },
    );
    heal();
    await clock.step(SECOND);
    expect(String(await kept)).toContain('no more');
  });

  it('leaves owners alone that were not part of the plan', async () => {
    const { clock, cluster, stop, kept } = await repeated({ take: { kind: 'all' }, allowAllReplicas: true });
    for (const object of aDeployment('newcomer', 1, 'reviews')) cluster.put(object);
    await clock.step(3 * SECOND);
    expect(podNames(cluster)).toEqual(['newcomer-rs-0']);
    stop.abort();
    await kept;
  });
});
