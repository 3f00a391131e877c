import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  abort,
  delay,
  MARKS,
  productpage,
  readyPods,
  routeRosalindToV3,
  scale,
  updateRoutes,
} from '../helpers/bookinfo-world.ts';
import { httpGet } from '../helpers/http-get.ts';
import type { HttpAnswer } from '../helpers/http-get.ts';
import { startTestSandbox } from '../helpers/start-sandbox.ts';
import type { TestSandbox } from '../helpers/start-sandbox.ts';
import { expectTook } from '../helpers/took.ts';
import { until } from '../helpers/until.ts';

const { starsV2, noReviews, noRatings } = MARKS;

describe('T14 what a visitor of productpage sees when pods are gone, or the fault is at the gateway', () => {
  let sandbox: TestSandbox;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    await routeRosalindToV3(sandbox);
  });
  afterAll(() => sandbox.close());

  it('ratings swallows every packet: no reviews after 6 s with v2, no stars after 2.5 s with v3', async () => {
    const blackHole = createServer(() => undefined).unref();
    await new Promise<void>((resolve) => blackHole.listen(0, '127.0.0.1', resolve));
    const [pod] = readyPods(sandbox, 'ratings');
    const ip = pod?.status?.podIP ?? '';
    const real = sandbox.network.lookup(ip, 9080) ?? 0;
    sandbox.network.bind(ip, 9080, (blackHole.address() as AddressInfo).port);
    const [v2, v3] = await Promise.all([productpage(sandbox, 'jason'), productpage(sandbox, 'rosalind')]);
    sandbox.network.bind(ip, 9080, real);
    blackHole.close();

    expectTook(v2.tookMs, 6000);
    expect(v2.body).toContain(noReviews);
    expectTook(v3.tookMs, 2500);
    expect(v3.body).toContain('Reviewer1');
    expect(v3.body).toContain(noRatings);
  });

  it('the gateway delays or aborts the whole page', async () => {
    const routeFor = (value: string, fault: unknown, [original]: readonly unknown[]) => ({
      match: [{ headers: { 'x-row': { exact: value } } }],
      fault,
      route: (original as { route: unknown }).route,
    });
    updateRoutes(sandbox, 'bookinfo', (original) => [
      routeFor('delay', delay('1s'), original),
      routeFor('abort', abort(418), original),
      ...original,
    ]);
    const page = (value: string) => httpGet(`${sandbox.ingressUrl}/productpage`, { headers: { 'x-row': value } });
    const aborted = await settled(
      () => page('abort'),
      ({ status }) => status === 418,
    );
    const delayed = await page('delay');

    expect(aborted.body).toBe('fault filter abort');
    expectTook(aborted.tookMs, 0);
    expect(delayed.status).toBe(200);
    expectTook(delayed.tookMs, 1000);
    expect(delayed.body).toContain('Reviewer1');
  });

  it('ratings is killed: every page is a 200, and soon with stars again', async () => {
    const [victim] = readyPods(sandbox, 'ratings');
    sandbox.store.remove('pods', 'default', victim?.metadata.name ?? '');
    const statuses = new Set<number>();
    await until('stars again', async () => {
      const { status, body } = await productpage(sandbox, 'jason');
      statuses.add(status);
      return body.includes(starsV2) && readyPods(sandbox, 'ratings').length === 1;
    });

    expect([...statuses]).toEqual([200]);
    expect(readyPods(sandbox, 'ratings')[0]?.metadata.uid).not.toBe(victim?.metadata.uid);
  });

  it('ratings has no pods: reviews without stars, at once', async () => {
    scale(sandbox, 'ratings-v1', 0);
    for (const user of ['jason', 'rosalind']) {
      const answer = await settled(
        () => productpage(sandbox, user),
        ({ body }) => body.includes(noRatings),
      );
      expect(answer.status).toBe(200);
      expectTook(answer.tookMs, 0);
      expect(answer.body).toContain('Reviewer1');
    }
  });

  it('reviews has no pods: no reviews, at once', async () => {
    scale(sandbox, 'reviews-v2', 0);
    const answer = await settled(
      () => productpage(sandbox, 'jason'),
      ({ body }) => body.includes(noReviews),
    );

    expect(answer.status).toBe(200);
    expectTook(answer.tookMs, 0);
  });

  it('productpage has no pods: a 503 of the gateway, at once', async () => {
    scale(sandbox, 'productpage-v1', 0);
    const answer = await settled(
      () => productpage(sandbox),
      ({ status, body }) => status === 503 && body === 'no healthy upstream',
    );

    expectTook(answer.tookMs, 0);
  });

  /** The first answer after the change has reached the proxies. */
  function settled(ask: () => Promise<HttpAnswer>, isSo: (answer: HttpAnswer) => boolean): Promise<HttpAnswer> {
    return until('the change is seen', async () => {
      const answer = await ask();
      return isSo(answer) && answer;
    });
  }
});
