import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashAtRequest, findApiPoints } from '../helpers/crash/api-points.ts';
import { crashAtEvent, findEventPoints, startRun } from '../helpers/crash/event-points.ts';
import { type Lanes, startLanes } from '../helpers/crash/side-by-side.ts';

/** Of the several hundred points of `npm run test:crash`, those at which most can go wrong. */
const EVENTS =
  /after (?:mutat(?:ing|ed) (?:setup|inject|rollback|undo-setup)|phase-started fault)|torn|after mutated unlock/;
const REQUESTS = /^(?:create|update|delete) virtualservices/;

let lanes: Lanes;

beforeAll(async () => {
  setMaxListeners(0);
  lanes = await startLanes(2);
});
afterAll(async () => lanes.close());

describe('a runner that is killed', () => {
  it('after an event that says what is in the cluster, leaves nothing that recover does not find', async () => {
    const points = await lanes.borrow(async (world) => findEventPoints(world, 'setup'));
    const chosen = points.filter(({ title }) => EVENTS.test(title));
    // The objects of a setup are many, and alike.
    const some = chosen.filter((_, index) => index % 5 === 0);
    const crashes = await lanes.work(some, async (world, point) => crashAtEvent(world, 'setup', point));
    expect(crashes.filter((it) => it.troubles.length > 0)).toEqual([]);
    expect(crashes.filter((it) => it.marked > 0).length).toBeGreaterThan(1);
  }, 240_000);

  it('before a write or before its answer, neither', async () => {
    const points = await lanes.borrow(async (world) =>
      findApiPoints(world, async () => startRun(world, 'istio-create')),
    );
    const chosen = points.filter(({ request }) => REQUESTS.test(request));
    expect(chosen.map(({ request, when }) => `${when} ${request}`)).toEqual([
      'before create virtualservices.networking.istio.io default/holdfast-RUN-ratings #1',
      'after create virtualservices.networking.istio.io default/holdfast-RUN-ratings #1',
      'before delete virtualservices.networking.istio.io default/holdfast-RUN-ratings #1',
      'after delete virtualservices.networking.istio.io default/holdfast-RUN-ratings #1',
    ]);
    const crashes = await lanes.work(chosen, async (world, point) => crashAtRequest(world, 'istio-create', point));
    expect(crashes.filter((it) => it.troubles.length > 0)).toEqual([]);
  }, 240_000);
});
