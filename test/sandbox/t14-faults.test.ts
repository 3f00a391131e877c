import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abort, delay, endUser, MARKS, updateRoutes, visitor } from '../helpers/bookinfo-world.ts';
import type { HttpAnswer } from '../helpers/http-get.ts';
import { startTestSandbox } from '../helpers/start-sandbox.ts';
import type { TestSandbox } from '../helpers/start-sandbox.ts';
import { expectTook } from '../helpers/took.ts';
import { until } from '../helpers/until.ts';

const { starsV2, starsV3, noDetails, noReviews, noRatings } = MARKS;

/** A situation of its own: each has a user of its own, so that all of them can be seen at once in one sandbox. */
interface Situation {
  readonly user: string;
  readonly reviews: 'v1' | 'v2' | 'v3';
  readonly faults: Readonly<Partial<Record<'details' | 'reviews' | 'ratings', unknown>>>;
}

/** A line of the table: what the page of that user takes, shows and does not show. */
interface Row extends Situation {
  readonly tookMs: number;
  readonly shows: readonly string[];
  readonly hides: readonly string[];
}

const ROWS: readonly Row[] = [
  row('no fault on v1', 'v1', {}, 0, ['Book Details', 'Reviewer1'], ['glyphicon-star', noRatings]),
  row('no fault on v2', 'v2', {}, 0, [starsV2], [noRatings]),
  row('no fault on v3', 'v3', {}, 0, [starsV3], [noRatings]),
  row('ratings 7 s late on v2', 'v2', { ratings: delay('7s') }, 6000, [noReviews, 'Book Details'], ['Reviewer1']),
  row('ratings 7 s late on v1', 'v1', { ratings: delay('7s') }, 0, ['Reviewer1'], [noReviews]),
  row('ratings 7 s late on v3', 'v3', { ratings: delay('7s') }, 2500, ['Reviewer1', noRatings], [noReviews]),
  row('ratings 2 s late on v2', 'v2', { ratings: delay('2s') }, 2000, [starsV2], [noRatings]),
  row('ratings 2 s late on v3', 'v3', { ratings: delay('2s') }, 2000, [starsV3], [noRatings]),
  row('ratings 2.8 s late on v2', 'v2', { ratings: delay('2.8s') }, 2800, [starsV2], [noRatings]),
  row('ratings 2.8 s late on v3', 'v3', { ratings: delay('2.8s') }, 2500, ['Reviewer1', noRatings], [noReviews]),
  row('ratings over 3 s late on v2', 'v2', { ratings: delay('3.1s') }, 6000, [noReviews], ['Reviewer1']),
  row('ratings aborted with 500 on v2', 'v2', { ratings: abort(500) }, 0, ['Reviewer1', noRatings], [starsV2]),
  row('ratings aborted with 503 on v3', 'v3', { ratings: abort(503) }, 0, ['Reviewer1', noRatings], [starsV3]),
  row('reviews aborted with 404', 'v2', { reviews: abort(404) }, 0, [noReviews, 'Book Details'], ['Reviewer1']),
  row('details aborted with 555', 'v1', { details: abort(555) }, 0, [noDetails, 'Reviewer1'], ['Book Details']),
  row('details 2 s late', 'v1', { details: delay('2s') }, 2000, ['Book Details', 'Reviewer1'], [noDetails]),
  row('details over 3 s late', 'v1', { details: delay('3.1s') }, 3000, [noDetails, 'Reviewer1'], ['Book Details']),
  row(
    'details and reviews over 3 s late',
    'v1',
    { details: delay('4s'), reviews: delay('4s') },
    9000,
    [noDetails, noReviews],
    ['Reviewer1'],
  ),
];
const HALVES: readonly Situation[] = [
  { user: 'half of reviews', reviews: 'v1', faults: { reviews: abort(500, 50) } },
  { user: 'half of details', reviews: 'v1', faults: { details: abort(500, 50) } },
];

describe('T14 what a visitor of productpage sees under a fault', () => {
  let sandbox: TestSandbox;
  const pages = new Map<string, Promise<HttpAnswer>>();

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    for (const service of ['details', 'ratings', 'reviews'] as const) {
      updateRoutes(sandbox, service, (original) => [
        ...[...ROWS, ...HALVES].map((each) => routeOf(service, each)),
        ...original,
      ]);
    }
    const witness = await visitor(sandbox, 'details aborted with 555');
    await until('the routes act', async () => (await witness('/api/v1/products/0')).status === 555);
    // The first page of a sandbox takes longer, and so do pages in a crowd: the slow ones leave together, as they mostly
    // wait, and the others one by one when their test asks for them.
    for (const user of ['no fault on v1', 'no fault on v2', 'no fault on v3']) {
      await (
        await visitor(sandbox, user)
      )('/productpage');
    }
    for (const { user } of ROWS.filter(({ tookMs }) => tookMs > 0)) {
      const page = visitor(sandbox, user).then((get) => get('/productpage'));
      page.catch(() => undefined);
      pages.set(user, page);
    }
  });
  afterAll(() => sandbox.close());

  it('nothing, when it is meant for others', async () => {
    const answer = await (await visitor(sandbox))('/productpage');

    expectTook(answer.tookMs, 0);
    for (const mark of ['Book Details', 'Reviewer1']) expect(answer.body).toContain(mark);
  });

  it('a missing part with probability p where it is asked once, and p squared where it is asked twice', async () => {
    const [reviewsLost, detailsLost] = await Promise.all([
      countPages('half of reviews', noReviews),
      countPages('half of details', noDetails),
    ]);

    // Five standard deviations around 30 and 60.
    expect(Math.abs(reviewsLost - 30)).toBeLessThan(24);
    expect(Math.abs(detailsLost - 60)).toBeLessThan(28);
  });

  it("in the products API the backend's own status, and 500 for none in time", async () => {
    const slow = await visitor(sandbox, 'ratings 7 s late on v2');
    const broken = await visitor(sandbox, 'details aborted with 555');
    const [reviews, details] = await Promise.all([slow('/api/v1/products/0/reviews'), broken('/api/v1/products/0')]);

    expect(details).toMatchObject({
      status: 555,
      body: '{"error":"Sorry, product details are currently unavailable for this book."}',
    });
    expect(reviews.status).toBe(500);
    expectTook(reviews.tookMs, 6000);
  });

  it.each(ROWS.map((each) => [each.user, each] as const))('%s', async (user, { tookMs, shows, hides }) => {
    const answer = await (pages.get(user) ?? visitor(sandbox, user).then((get) => get('/productpage')));

    expect(answer.status).toBe(200);
    expectTook(answer.tookMs, tookMs);
    for (const mark of shows) expect(answer.body).toContain(mark);
    for (const mark of hides) expect(answer.body).not.toContain(mark);
  });

  it('the missing ratings once for each review', async () => {
    const { body } = await (await visitor(sandbox, 'ratings aborted with 500 on v2'))('/productpage');
    expect(body.split(noRatings)).toHaveLength(3);
  });

  async function countPages(user: string, mark: string): Promise<number> {
    const get = await visitor(sandbox, user);
    let count = 0;
    for (let n = 0; n < 120; n += 1) count += Number((await get('/productpage')).body.includes(mark));
    return count;
  }
});

function row(
  user: string,
  reviews: Row['reviews'],
  faults: Row['faults'],
  tookMs: number,
  shows: readonly string[],
  hides: readonly string[],
): Row {
  return { user, reviews, faults, tookMs, shows, hides };
}

function routeOf(service: 'details' | 'reviews' | 'ratings', { user, reviews, faults }: Situation): unknown {
  const subset = service === 'reviews' ? reviews : 'v1';
  return { match: [endUser(user)], fault: faults[service], route: [{ destination: { host: service, subset } }] };
}
