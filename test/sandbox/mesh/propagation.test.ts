import { afterEach, describe, expect, it } from 'vitest';
import { callFrom, createMeshWorld, type MeshWorld } from '../../helpers/mesh-world.ts';

let world: MeshWorld;
afterEach(() => world.close());

const aborting = (httpStatus: number) => ({
  hosts: ['ratings'],
  http: [
    { fault: { abort: { percentage: { value: 100 }, httpStatus } }, route: [{ destination: { host: 'ratings' } }] },
  ],
});

describe('a change of configuration', () => {
  it('acts after the propagation time, not before', async () => {
    world = await createMeshWorld({ propagationMs: 200 });
    const caller = await world.workload('reviews');
    await world.workload('ratings');
    await world.settled();
    const written = performance.now();
    world.virtualService('ratings', aborting(500));
    expect((await callFrom(caller, 'ratings:9080')).status).toBe(200);
    await expect.poll(async () => (await callFrom(caller, 'ratings:9080')).status, { interval: 5 }).toBe(500);
    const took = performance.now() - written;
    expect(took).toBeGreaterThanOrEqual(150);
    expect(took).toBeLessThan(700);
  });

  it('that only touches status or annotations is not sent', async () => {
    world = await createMeshWorld({ propagationMs: 150 });
    const caller = await world.workload('reviews');
    await world.workload('ratings');
    world.virtualService('ratings', aborting(500));
    await world.settled();
    const resource = 'virtualservices.networking.istio.io';
    world.virtualService('ratings', aborting(501));
    const status = () => world.store.updateStatus(resource, 'default', 'ratings', { at: performance.now() });
    const noise = setInterval(status, 20);
    try {
      // Were status writes changes, each would start the quiet time anew.
      const abort = async () => (await callFrom(caller, 'ratings:9080')).status;
      await expect.poll(abort, { timeout: 700 }).toBe(501);
    } finally {
      clearInterval(noise);
    }
  });

  it('is followed by a new pod’s proxy from its start', async () => {
    world = await createMeshWorld({ propagationMs: 1000 });
    await world.workload('ratings');
    world.virtualService('ratings', aborting(503));
    const late = await world.workload('reviews');
    expect((await callFrom(late, 'ratings:9080')).body).toBe('fault filter abort');
  });
});

describe('the access log', () => {
  it('has a line in Istio’s shape for each request of each proxy when it is on', async () => {
    const lines: string[] = [];
    world = await createMeshWorld({ accessLog: (line) => void lines.push(line) });
    const caller = await world.workload('reviews');
    await world.workload('ratings');
    world.virtualService('ratings', aborting(500));
    await world.settled();
    await callFrom(caller, 'ratings:9080', { path: '/ratings/0' });
    await expect.poll(() => lines.length).toBe(1);
    expect(lines[0]).toMatch(
      /^\[\d{4}-.*Z\] "GET \/ratings\/0 HTTP\/1\.1" 500 FI fault_filter_abort .* "ratings:9080" "-" outbound\|9080\|\|ratings\.default\.svc\.cluster\.local /,
    );
  });
});
