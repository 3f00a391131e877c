import http from 'node:http';
import https from 'node:https';
import type { Ingress } from '../../cluster/ingress.ts';
import type { Millis } from '../../model/clock.ts';
import { formatDuration } from '../../model/duration.ts';
import type { RequestTimings } from '../../model/sample.ts';
import { exchange, type Answer, type Exchange, type Hop } from './exchange.ts';
import { type BodyBudget, createBodyBudget } from './kept-body.ts';
import type { PreparedRequest } from './prepared-request.ts';
import { nextHop, sameSite } from './redirect.ts';
import { createSession, type Session } from './session.ts';

/** A request's final answer, after retries and redirects. */
export interface Delivery extends Answer {
  readonly sent: Millis;
  /** A first try on a reused connection died before any byte; this is the answer of the second, on a fresh one. */
  readonly retried: boolean;
}

export interface Flight {
  /** Never rejects. */
  readonly delivery: Promise<Delivery>;
  /** Ends it at once with error `aborted`. */
  abort(): void;
}

export interface Client {
  /** Sends a request that was due at `due`; its timeout counts from there. */
  send(request: PreparedRequest, due: Millis, keepBody: boolean): Flight;
  close(): void;
}

/** Far more than a thousand pages of Bookinfo under way, far less than a machine has. */
const ALL_BODIES_BYTES = 256 * 1024 * 1024;

export interface ClientOptions {
  readonly ingress: Ingress;
  /** `host:port` of servers to which no redirect is followed. */
  readonly offLimits: readonly string[];
  readonly now: () => Millis;
}

/** A client whose connections are kept alive per origin, as many as are needed. */
export function createClient(options: ClientOptions): Client {
  const pool = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 1024 };
  const agents = { 'http:': new http.Agent(pool), 'https:': new https.Agent(pool) };
  const budget = createBodyBudget(ALL_BODIES_BYTES);
  return {
    send: (request, due, keepBody) => fly({ ...options, request, due, ...(keepBody && { keep: budget }), agents }),
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

interface Journey extends ClientOptions {
  readonly request: PreparedRequest;
  readonly due: Millis;
  readonly keep?: BodyBudget;
  readonly agents: Readonly<Record<string, http.Agent>>;
}

function fly(journey: Journey): Flight {
  const { spec } = journey.request;
  let current: Exchange | undefined;
  let cut: Parameters<Exchange['cut']> | undefined;
  const end = (...args: Parameters<Exchange['cut']>): void => {
    cut ??= args;
    current?.cut(...args);
  };
  const left = Math.max(0, journey.due + spec.timeout - journey.now());
  const timer = setTimeout(end, left, 'timeout', `no complete answer within ${formatDuration(spec.timeout)}`);
  const go = (hop: Hop): Exchange => {
    current = exchange(hop, journey.now);
    if (cut !== undefined) current.cut(...cut);
    return current;
  };
  const delivery = travel(journey, go).finally(() => clearTimeout(timer));
  return { delivery, abort: () => end('aborted', 'cut off') };
}

async function travel(journey: Journey, go: (hop: Hop) => Exchange): Promise<Delivery> {
  const { request } = journey;
  const session = request.session ?? (request.spec.followRedirects ? createSession({}) : undefined);
  // A cookie jar knows hosts, not ports, and lets a domain share: what is elsewhere neither gets cookies nor sets any.
  const cookiesFor = (hop: Hop): Session | undefined => (sameSite(hop.target, request.target) ? session : undefined);
  let hop = firstHop(journey);
  let sent: Millis | undefined;
  let retried = false;
  let earlier: RequestTimings = {};
  for (let hops = 0; ; hops += 1) {
    const stop = await attempt(withCookies(hop, cookiesFor(hop)), go);
    sent ??= stop.sent;
    retried ||= stop.retried;
    const answer = { ...stop.answer, timings: sum(earlier, stop.answer.timings) };
    cookiesFor(hop)?.store(hop.target.url, answer.headers['set-cookie'] ?? []);
    const next = request.spec.followRedirects ? nextHop(hop, answer, hops, journey) : undefined;
    if (next === undefined || 'error' in next) return { ...answer, ...next, sent, retried };
    earlier = answer.timings;
    hop = { ...next.hop, agent: agentFor(journey, next.hop.target.url) };
  }
}

function firstHop(journey: Journey): Hop {
  const { request, keep } = journey;
  const { method, insecure } = request.spec;
  return {
    target: request.target,
    method,
    headers: request.headers,
    ...(request.body !== undefined && { body: request.body }),
    insecure,
    agent: agentFor(journey, request.target.url),
    ...(keep && { keep }),
  };
}

function agentFor({ request, agents }: Journey, url: URL): http.Agent | false {
  return request.spec.freshConnection ? false : (agents[url.protocol] ?? false);
}

/** Methods that may be sent twice without harm (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);
/** A stale connection answers with a reset within one round trip; a server that dies later took the request first. */
const STALE_WITHIN: Millis = 300;

async function attempt(
  hop: Hop,
  go: (hop: Hop) => Exchange,
): Promise<{ readonly answer: Answer; readonly sent: Millis; readonly retried: boolean }> {
  const { answer, sent } = go(hop);
  const first = await answer;
  const harmless = first.stale && IDEMPOTENT.has(hop.method.toUpperCase()) && first.end - sent < STALE_WITHIN;
  if (!harmless) return { answer: first, sent, retried: false };
  const second = await go({ ...hop, agent: false }).answer;
  return { answer: second, sent, retried: true };
}

function withCookies(hop: Hop, session: Session | undefined): Hop {
  const cookies = [hop.headers['cookie'], session?.cookies(hop.target.url)].filter(Boolean).join('; ');
  return cookies === '' ? hop : { ...hop, headers: { ...hop.headers, cookie: cookies } };
}

function sum(a: RequestTimings, b: RequestTimings): RequestTimings {
  const total: Record<string, Millis> = { ...a };
  for (const [part, time] of Object.entries(b)) total[part] = (total[part] ?? 0) + time;
  return total;
}
