import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { App, AppContext } from '../app.ts';
import { pathOf, readBody, sendJson, sendText } from '../replies.ts';

/** How an instance misbehaves; `SERVICE_VERSION` names it. */
interface Health {
  readonly available: () => boolean;
  readonly healthy: () => boolean;
}

/**
 * Stars for each reviewer. `SERVICE_VERSION` makes it misbehave: `v-faulty` (half of the answers 503), `v-delayed` (half
 * of them 7 s late), `v-unavailable` (a minute good, a minute 503), `v-unhealthy` (a quarter of an hour each, `/health`
 * too), `v2` (wants a database, and the sandbox has none).
 */
export const ratings: App = {
  port: 9080,
  start: (context) => {
    const stored = new Map<number, unknown>();
    const health = healthOf(context.env['SERVICE_VERSION']);
    return (request, response) => {
      const path = pathOf(request);
      if (path === '/health') return reportHealth(health, response);
      const id = /^\/ratings\/?([^/]*)$/.exec(path)?.[1];
      if (id === undefined) return sendText(response, 404, 'not found');
      if (!/^-?\d+$/.test(id)) return sendJson(response, 400, { error: 'please provide numeric product ID' });
      if (request.method === 'POST') return store(context, stored, Number(id), request, response);
      return read(context, health, stored.get(Number(id)) ?? standard(Number(id)), response);
    };
  },
};

async function read(context: AppContext, health: Health, answer: unknown, response: ServerResponse): Promise<void> {
  const version = context.env['SERVICE_VERSION'];
  if (version === 'v2') return sendJson(response, 500, { error: 'could not connect to ratings database' });
  if (!health.available()) return unavailable(response);
  if (version === 'v-faulty' && context.random() < 0.5) return unavailable(response);
  if (version === 'v-delayed' && context.random() < 0.5) {
    await wait(7000, undefined, { signal: context.signal });
  }
  sendJson(response, 200, answer);
}

async function store(
  context: AppContext,
  stored: Map<number, unknown>,
  id: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const given = parse(await readBody(request));
  if (given === undefined) return sendJson(response, 400, { error: 'please provide valid ratings JSON' });
  if (context.env['SERVICE_VERSION'] === 'v2') {
    return sendJson(response, 501, { error: 'Post not implemented for database backed ratings' });
  }
  stored.set(id, { id, ratings: given });
  sendJson(response, 200, stored.get(id));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function standard(id: number): unknown {
  return { id, ratings: { Reviewer1: 5, Reviewer2: 4 } };
}

function healthOf(version: string | undefined): Health {
  const started = Date.now();
  const alternating = (minutes: number) => () => Math.floor((Date.now() - started) / (minutes * 60_000)) % 2 === 0;
  const always = () => true;
  if (version === 'v-unavailable') return { available: alternating(1), healthy: always };
  if (version === 'v-unhealthy') return { available: alternating(15), healthy: alternating(15) };
  return { available: always, healthy: always };
}

function reportHealth(health: Health, response: ServerResponse): void {
  if (health.healthy()) sendJson(response, 200, { status: 'Ratings is healthy' });
  else sendJson(response, 500, { status: 'Ratings is not healthy' });
}

function unavailable(response: ServerResponse): void {
  sendJson(response, 503, { error: 'Service unavailable' });
}
