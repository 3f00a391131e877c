import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../api-error.ts';
import type { Backend } from '../backend.ts';
import { dispatch } from '../dispatch.ts';
import type { ApiRequest, Reply } from '../http.ts';
import { send, statusObject } from '../http.ts';
import { readRequest } from '../request.ts';
import { cutInHalf, endAfter } from './spoil.ts';
import type { Intervention } from './intervene.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import { refusalOf, type KnownRequest } from './refusal.ts';
import type { Watchman } from './watchman.ts';
import { serverNow, withClockAhead } from './server-clock.ts';

export interface Answering {
  readonly backend: Backend;
  readonly watchman: Watchman;
  /** Resets the connection that a request came through. */
  readonly reset: (raw: IncomingMessage) => void;
}

/** Answers a request, or lets it go wrong in the way that somebody asked for. */
export async function answer(answering: Answering, raw: IncomingMessage, response: ServerResponse): Promise<void> {
  const { backend, watchman } = answering;
  try {
    const request = readRequest(backend, raw);
    const known = await watchman.know(backend, request);
    const intervention = await watchman.ask(known);
    if (!intervention) return await sendReply(response, await dispatch(backend, request));
    await misbehave(answering, known, intervention, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else refuse(response, asRefusal(error));
  }
}

/** The Status to answer a failure with. */
export function asRefusal(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, {});
}

async function misbehave(
  answering: Answering,
  known: KnownRequest,
  { misbehaviour, answered }: Intervention,
  response: ServerResponse,
): Promise<void> {
  const goWrong = async (): Promise<boolean> => {
    if (misbehaviour?.kind === 'refuse') refuseKnown(known, refusalOf(known, misbehaviour.code), response);
    else return misbehaviour !== undefined && (await isDealtWith(misbehaviour, answering, known.request.raw));
    return true;
  };
  const isLate = misbehaviour !== undefined && 'afterEffect' in misbehaviour && misbehaviour.afterEffect === true;

  // Whoever gives up while the request waits has sent all of it before.
  await known.request.body().catch(() => undefined);
  if (!isLate && (await goWrong())) return;
  const skewMs = misbehaviour?.kind === 'skew' ? misbehaviour.ms : 0;
  await withClockAhead(skewMs, async () => {
    const reply = await handle(known.backend, known.request);
    await answered?.('code' in reply ? reply.code : 200);
    if (isLate && (await goWrong())) return;
    if (skewMs !== 0) response.setHeader('date', new Date(serverNow()).toUTCString());
    if (misbehaviour?.kind === 'cut') cutInHalf(response);
    if (misbehaviour?.kind === 'close') endAfter(response, misbehaviour.ms);
    await sendReply(response, reply);
  });
}

/** Acts out what goes wrong with the connection; true when nothing is left to be done. */
export async function isDealtWith(
  misbehaviour: Exclude<Misbehaviour, { kind: 'refuse' }>,
  { reset }: Answering,
  raw: IncomingMessage,
): Promise<boolean> {
  switch (misbehaviour.kind) {
    case 'reset':
      reset(raw);
      return true;
    case 'hang':
      return true;
    case 'slow':
      await delay(misbehaviour.ms, undefined, { ref: false });
      return false;
    case 'cut':
    case 'close':
    case 'skew':
      return false;
  }
}

/** The reply, also when it is a refusal, so that it is known what was decided before any of it is sent. */
async function handle(backend: Backend, request: ApiRequest): Promise<Reply> {
  try {
    return await dispatch(backend, request);
  } catch (error) {
    const refusal = asRefusal(error);
    return { code: refusal.code, body: statusObject(refusal) };
  }
}

/** A watch learns in its stream that its revision is gone; everything else is a status. */
function refuseKnown(known: KnownRequest, refusal: ApiError, response: ServerResponse): void {
  if (known.seen.verb !== 'watch' || refusal.code !== 410) return refuse(response, refusal);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify({ type: 'ERROR', object: statusObject(refusal) })}\n`);
}

function refuse(response: ServerResponse, refusal: ApiError): void {
  const seconds = refusal.details?.retryAfterSeconds;
  if (seconds !== undefined) response.setHeader('retry-after', String(seconds));
  send(response, { code: refusal.code, body: statusObject(refusal) });
}

async function sendReply(response: ServerResponse, reply: Reply): Promise<void> {
  if ('stream' in reply) await reply.stream(response);
  else send(response, reply);
}
