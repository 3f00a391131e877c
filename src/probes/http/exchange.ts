import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Millis } from '../../model/clock.ts';
import type { RequestTimings } from '../../model/sample.ts';
import { type BodyBudget, type KeptBody, keepBody } from './kept-body.ts';
import { observeTimings } from './observe-timings.ts';
import type { Target } from './target.ts';
import { transportError, type TransportError } from './transport-error.ts';

/** Bodies are read to their end, but no further than this. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Envoy's own limit is 60 KiB. */
const MAX_HEADER_BYTES = 64 * 1024;

/** One request to one server: a redirect makes another hop. */
export interface Hop {
  readonly target: Target;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly insecure: boolean;
  /** `false`: a connection of its own. */
  readonly agent: http.Agent | false;
  /** Keep the body's bytes for a check, within this budget; without one they are only counted. */
  readonly keep?: BodyBudget;
}

export interface Answer {
  readonly end: Millis;
  readonly timings: RequestTimings;
  readonly bytes: number;
  readonly status?: number;
  readonly headers: IncomingHttpHeaders;
  readonly body?: Buffer;
  readonly error?: TransportError;
  /** Died on a reused connection before the first byte: perhaps the server had just closed it. */
  readonly stale: boolean;
}

export interface Exchange {
  readonly answer: Promise<Answer>;
  readonly sent: Millis;
  /** Ends the request at once with this error; without effect once it has ended. */
  cut(kind: 'timeout' | 'aborted', detail: string): void;
}

/** Sends one request and reads its answer. The promise never rejects: a failure is an answer with `error`. */
export function exchange(hop: Hop, now: () => Millis): Exchange {
  const started = now();
  let request: http.ClientRequest;
  try {
    request = open(hop);
  } catch (error) {
    const answer = { end: now(), timings: {}, bytes: 0, headers: {}, error: transportError(error), stale: false };
    return { answer: Promise.resolve(answer), sent: started, cut: () => undefined };
  }
  const observer = observeTimings(request, started, now);
  const progress: Progress = { ...(hop.keep && { body: keepBody(hop.keep) }), bytes: 0, bytesReadBefore: 0 };
  let cut: Exchange['cut'] = () => undefined;
  const answer = new Promise<Answer>((resolve) => {
    let ended = false;
    const end = (failure?: TransportError): void => {
      if (ended) return;
      ended = true;
      const at = now();
      const error = failure && { ...failure, detail: `${failure.detail} (${observer.stage()})` };
      resolve(answerOf(request, progress, at, observer.timings(at), error));
      if (error !== undefined) request.destroy();
    };
    cut = (kind, detail) => end({ kind, detail });
    follow(request, progress, end);
  });
  request.end(hop.body);
  return { answer, sent: now(), cut };
}

interface Progress {
  response?: IncomingMessage;
  readonly body?: KeptBody;
  bytes: number;
  bytesReadBefore: number;
}

function open({ target, method, headers, insecure, agent }: Hop): http.ClientRequest {
  const options = {
    host: target.address,
    port: target.port,
    method,
    path: target.url.pathname + target.url.search,
    headers: { host: target.host, ...headers },
    agent,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  if (target.url.protocol === 'http:') return http.request(options);
  return https.request({ ...options, servername: target.serverName, rejectUnauthorized: !insecure });
}

function follow(request: http.ClientRequest, progress: Progress, end: (error?: TransportError) => void): void {
  request.once('socket', (socket) => (progress.bytesReadBefore = socket.bytesRead));
  request.on('error', (error) => end(transportError(error)));
  // A server that switches protocols or hangs up silently raises nothing else.
  request.on('close', () => end({ kind: 'reset', detail: 'connection closed before the answer was complete' }));
  request.once('response', (response) => {
    progress.response = response;
    response.on('data', (chunk: Buffer) => {
      progress.bytes += chunk.length;
      if (progress.bytes > MAX_BODY_BYTES) end({ kind: 'too-large', detail: `body over ${MAX_BODY_BYTES} bytes` });
      else if (progress.body?.add(chunk) === false) end({ kind: 'too-large', detail: 'no memory left for bodies' });
    });
    response.on('end', () => {
      if (response.complete) end();
    });
    response.on('error', (error) => end(transportError(error)));
  });
}

function answerOf(
  request: http.ClientRequest,
  progress: Progress,
  end: Millis,
  timings: RequestTimings,
  error?: TransportError,
): Answer {
  const { response, body, bytes, bytesReadBefore } = progress;
  const silent = response === undefined && (request.socket?.bytesRead ?? 0) <= bytesReadBefore;
  return {
    end,
    timings,
    bytes,
    ...(response?.statusCode !== undefined && { status: response.statusCode }),
    headers: response?.headers ?? {},
    ...(body !== undefined && { body: body.finish() }),
    ...(error !== undefined && { error }),
    stale: error?.kind === 'reset' && request.reusedSocket && silent,
  };
}
