import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { serviceCaller } from '../../../src/sandbox/apps/call-service.ts';
import { findApp } from '../../../src/sandbox/apps/registry.ts';
import { serveApp } from '../../../src/sandbox/apps/serve-app.ts';
import type { AppServer } from '../../../src/sandbox/apps/serve-app.ts';
import { httpGet } from '../../helpers/http-get.ts';

const services = new Map<string, number>();
const running: AppServer[] = [];
const others: Server[] = [];
let killed = new AbortController();

afterEach(async () => {
  killed.abort();
  killed = new AbortController();
  services.clear();
  await Promise.all(running.splice(0).map((server) => server.close('reset')));
  for (const server of others.splice(0)) server.closeAllConnections();
});

describe('productpage', () => {
  it('shows details and reviews, and a form to sign in', async () => {
    const page = await startBookinfo('v1');
    const { status, body } = await httpGet(`${page}/productpage`);

    expect(status).toBe(200);
    expect(body).toContain('<title>Simple Bookstore App</title>');
    for (const mark of [
      'Book Details',
      'PublisherA',
      'Book Reviews',
      'Reviewer1',
      'Reviews served by: reviews-pod',
      'Sign in',
    ]) {
      expect(body).toContain(mark);
    }
    expect(body).not.toContain('glyphicon-star');
  });

  it.each([
    ['v2', 'text-black-500'],
    ['v3', 'text-red-500'],
  ])('shows the stars of reviews %s as %s', async (version, mark) => {
    const page = await startBookinfo(version);
    const { body } = await httpGet(`${page}/productpage`);

    expect(body).toContain(`glyphicon glyphicon-star ${mark}`);
    expect(body).not.toContain('currently unavailable');
  });

  it('shows the older page when the image is an older one', async () => {
    const page = await startBookinfo('v2', '1.16.2');
    expect((await httpGet(`${page}/productpage`)).body).toContain('<font color="black">');
    services.delete('details');
    expect((await httpGet(`${page}/productpage`)).body).toContain('Error fetching product details!');
  });

  it('says which part is missing and stays at 200', async () => {
    const page = await startBookinfo('v1');
    services.delete('details');
    services.set('reviews', await startAnswering(503));
    const { status, body } = await httpGet(`${page}/productpage`);

    expect(status).toBe(200);
    expect(body).toContain('<h4>Error fetching product details</h4>');
    expect(body).toContain('Sorry, product details are currently unavailable for this book.');
    expect(body).toContain('<h4>Error fetching product reviews</h4>');
  });

  it('asks reviews twice and details once before it gives up', async () => {
    const page = await startBookinfo('v1');
    const seen: string[] = [];
    const failing = await startAnswering(500, (path) => seen.push(path));
    services.set('details', failing).set('reviews', failing);
    await httpGet(`${page}/productpage`);

    expect(seen).toEqual(['/details/0', '/reviews/0', '/reviews/0']);
  });

  it("passes a backend's status on in its API, and 500 when there is no answer", async () => {
    const page = await startBookinfo('v1');
    services.set('details', await startAnswering(555));
    services.delete('ratings');

    expect(await httpGet(`${page}/api/v1/products/0`)).toMatchObject({
      status: 555,
      body: '{"error":"Sorry, product details are currently unavailable for this book."}',
    });
    expect(await httpGet(`${page}/api/v1/products/0/ratings`)).toMatchObject({
      status: 500,
      body: '{"error":"Sorry, product ratings are currently unavailable for this book."}',
    });
    expect(JSON.parse((await httpGet(`${page}/api/v1/products/0/reviews`)).body)).toMatchObject({ id: '0' });
    expect(JSON.parse((await httpGet(`${page}/api/v1/products`)).body)).toMatchObject([{ id: 0 }]);
  });
});

describe('T15 login', () => {
  it('sends the user on as end-user, and never the one a client claims to be', async () => {
    const page = await startBookinfo('v1');
    const seen: IncomingHttpHeaders[] = [];
    services.set('details', await startAnswering(500, (_path, headers) => seen.push(headers)));
    const claim = { 'end-user': 'jason', 'x-request-id': 'r1', 'x-unknown': 'kept here' };
    await httpGet(`${page}/productpage`, { headers: claim });
    const cookie = await login(page, 'jason');
    const signedIn = await httpGet(`${page}/productpage`, { headers: { cookie } });

    expect(seen[0]).toMatchObject({ 'x-request-id': 'r1' });
    expect(seen[0]).not.toHaveProperty('end-user');
    expect(seen[0]).not.toHaveProperty('x-unknown');
    expect(seen[1]).toMatchObject({ 'end-user': 'jason', cookie });
    expect(signedIn.body).toContain('<b>jason</b>');
    expect(signedIn.body).toContain('Sign out');
  });

  it('takes any password, goes back to the referer, and to None without one', async () => {
    const page = await startBookinfo('v1');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const plain = await httpGet(`${page}/login`, { method: 'POST', headers: form, body: 'username=jason&passwd=x' });
    const referer = await httpGet(`${page}/login`, {
      method: 'POST',
      headers: { ...form, referer: 'http://shop/productpage' },
      body: 'username=jason&passwd=',
    });

    expect(plain).toMatchObject({ status: 302, headers: { location: 'None' } });
    expect(plain.headers['set-cookie']?.[0]).toMatch(/^session=[\w-]+\.[\w-]+; HttpOnly; Path=\/$/);
    expect(referer).toMatchObject({ status: 302, headers: { location: 'http://shop/productpage' } });
  });

  it('forgets the user at logout and refuses a cookie that was changed', async () => {
    const page = await startBookinfo('v1');
    const cookie = await login(page, 'jason');
    const forged = cookie.replace(/^session=[^.]*/, `session=${Buffer.from('{"user":"admin"}').toString('base64url')}`);
    const out = await httpGet(`${page}/logout`, { headers: { cookie } });

    expect(out.status).toBe(302);
    expect(out.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect((await httpGet(`${page}/productpage`, { headers: { cookie: forged } })).body).toContain('Sign in');
  });
});

describe('reviews', () => {
  it('keeps its status and says that ratings are missing, once for each review', async () => {
    await startBookinfo('v3');
    services.set('ratings', await startAnswering(503));
    const { status, body } = await httpGet(`http://127.0.0.1:${services.get('reviews')}/reviews/0`);
    const { reviews } = JSON.parse(body) as { reviews: { rating: unknown }[] };

    expect(status).toBe(200);
    expect(reviews.map(({ rating }) => rating)).toEqual([
      { error: 'Ratings service is currently unavailable' },
      { error: 'Ratings service is currently unavailable' },
    ]);
  });

  it('v3 gives up on ratings after 2.5 s', async () => {
    await startBookinfo('v3');
    services.set('ratings', await startAnswering(undefined));
    const { status, tookMs } = await httpGet(`http://127.0.0.1:${services.get('reviews')}/reviews/0`);

    expect(status).toBe(200);
    expect(tookMs).toBeGreaterThan(2450);
    expect(tookMs).toBeLessThan(3000);
  });
});

describe('ratings', () => {
  it('answers stars, keeps what is posted, and wants a number', async () => {
    const url = await startOne('examples-bookinfo-ratings-v1:1.20.3', 'ratings');
    const posted = await httpGet(`${url}/ratings/7`, { method: 'POST', body: '{"Reviewer1":1}' });

    expect((await httpGet(`${url}/ratings/0`)).body).toBe('{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}');
    expect(posted.status).toBe(200);
    expect((await httpGet(`${url}/ratings/7`)).body).toBe('{"id":7,"ratings":{"Reviewer1":1}}');
    expect((await httpGet(`${url}/ratings/x`)).status).toBe(400);
    expect((await httpGet(`${url}/ratings/7`, { method: 'POST', body: '{' })).status).toBe(400);
  });

  it('v-faulty fails about half of the time', async () => {
    const url = await startOne('examples-bookinfo-ratings-v-faulty:1.20.3', 'ratings');
    const answers = await Promise.all(Array.from({ length: 200 }, () => httpGet(`${url}/ratings/0`)));
    const failed = answers.filter(({ status }) => status === 503);

    expect(failed[0]?.body).toBe('{"error":"Service unavailable"}');
    // Five standard deviations around 100.
    expect(failed.length).toBeGreaterThan(65);
    expect(failed.length).toBeLessThan(135);
  });
});

describe('details', () => {
  it('knows the book and wants a number', async () => {
    const url = await startOne('examples-bookinfo-details-v1:1.20.3', 'details');

    expect(JSON.parse((await httpGet(`${url}/details/0`)).body)).toMatchObject({ id: 0, 'ISBN-10': '1234567890' });
    expect(await httpGet(`${url}/details/abc`)).toMatchObject({
      status: 400,
      body: '{"error":"please provide numeric product id"}',
    });
  });
});

async function startBookinfo(reviewsVersion: string, tag = '1.20.3'): Promise<string> {
  await startOne(`docker.io/istio/examples-bookinfo-details-v1:${tag}`, 'details');
  await startOne(`docker.io/istio/examples-bookinfo-ratings-v1:${tag}`, 'ratings');
  await startOne(`docker.io/istio/examples-bookinfo-reviews-${reviewsVersion}:${tag}`, 'reviews');
  return startOne(`docker.io/istio/examples-bookinfo-productpage-v1:${tag}`, 'productpage');
}

async function startOne(image: string, name: string): Promise<string> {
  const app = findApp(image);
  if (!app) throw new Error(`no app for ${image}`);
  const handler = app.start({
    podName: `${name}-pod`,
    image,
    env: app.env ?? {},
    signal: killed.signal,
    random: Math.random,
    call: serviceCaller((host) => {
      const port = services.get(host);
      return port === undefined ? undefined : { host: '127.0.0.1', port };
    }, killed.signal),
  });
  const server = await serveApp(handler, [app.port]);
  running.push(server);
  const port = server.ports.get(9080) ?? 0;
  services.set(name, port);
  return `http://127.0.0.1:${port}`;
}

/** A backend that answers everything with one status, or never. */
async function startAnswering(
  status: number | undefined,
  onRequest: (path: string, headers: IncomingHttpHeaders) => void = () => undefined,
): Promise<number> {
  const server = createServer((request, response) => {
    onRequest(request.url ?? '', request.headers);
    if (status !== undefined) response.writeHead(status).end('{}');
  });
  others.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return (server.address() as AddressInfo).port;
}

async function login(page: string, user: string): Promise<string> {
  const { headers } = await httpGet(`${page}/login`, { method: 'POST', body: `username=${user}&passwd=any` });
  return headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
}
