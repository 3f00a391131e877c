import type { IncomingHttpHeaders } from 'node:http';
import type { App, AppContext } from '../app.ts';
import { pathOf, sendJson, sendText } from '../replies.ts';
import { forwardedHeaders } from './forwarded-headers.ts';

type Stars = Readonly<Partial<Record<string, number>>>;

const TEXTS = {
  Reviewer1: 'Two pairs of twins, one long day, and not a dull scene in it.',
  Reviewer2: 'A light and quick comedy. It lacks the depth of the later plays, and it does not need it.',
};

/**
 * Two reviews, always with status 200. Versions 2 and 3 (`ENABLE_RATINGS`) ask ratings once: black stars wait 10 s for
 * it, others 2.5 s; when no rating comes the reviews say so in their place.
 */
export const reviews: App = {
  port: 9080,
  start: (context) => async (request, response) => {
    const path = pathOf(request);
    if (path === '/health') return sendJson(response, 200, { status: 'Reviews is healthy' });
    const id = /^\/reviews\/(\d+)$/.exec(path)?.[1];
    if (id === undefined) return sendText(response, 404, 'Not Found');
    const rate = context.env['ENABLE_RATINGS'] === 'true' ? await ratingFor(context, id, request.headers) : () => ({});
    sendJson(response, 200, {
      id,
      podname: context.podName,
      clustername: context.env['CLUSTER_NAME'] ?? 'null',
      reviews: Object.entries(TEXTS).map(([reviewer, text]) => ({ reviewer, text, ...rate(reviewer) })),
    });
  },
};

async function ratingFor(
  context: AppContext,
  id: string,
  headers: IncomingHttpHeaders,
): Promise<(reviewer: string) => { rating: unknown }> {
  const color = context.env['STAR_COLOR'] ?? 'black';
  const stars = await askRatings(context, id, headers, color === 'black' ? 10_000 : 2500);
  return (reviewer) => {
    const given = stars?.[reviewer];
    if (given === undefined) return { rating: { error: 'Ratings service is currently unavailable' } };
    return { rating: { stars: given, color } };
  };
}

async function askRatings(
  context: AppContext,
  id: string,
  headers: IncomingHttpHeaders,
  timeoutMs: number,
): Promise<Stars | undefined> {
  const { env } = context;
  const domain = env['SERVICES_DOMAIN'] ? `.${env['SERVICES_DOMAIN']}` : '';
  try {
    const answer = await context.call({
      host: `${env['RATINGS_HOSTNAME'] ?? 'ratings'}${domain}`,
      port: Number(env['RATINGS_SERVICE_PORT'] ?? 9080),
      path: `/ratings/${id}`,
      headers: forwardedHeaders(headers, ['end-user']),
      timeoutMs,
    });
    if (answer.status !== 200) return undefined;
    return (JSON.parse(answer.body) as { ratings?: Stars }).ratings;
  } catch {
    // Refused, reset, late or not JSON: to the reader it is all the same missing rating.
    return undefined;
  }
}
