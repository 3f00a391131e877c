import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '../model/errors.ts';
import type { KubernetesObject } from '../model/kubernetes.ts';
import type { ListOptions, Resource, WatchEvent } from './cluster.ts';
import type { Caller } from './http/call.ts';
import { networkFailure } from './http/network-failure.ts';
import { open } from './http/send.ts';
import { statusFailure } from './http/status-failure.ts';
import { collectionPath, describeCollection, query, selectors } from './paths.ts';

/** How a watch connection ended: where to go on, or that the server has forgotten that place (410). */
export interface StreamEnd {
  readonly resourceVersion: string;
  readonly expired: boolean;
}

/**
 * Silence after which a watch is taken for dead. The server sends bookmarks about once a minute; a reconnect that was
 * not needed costs one request and loses nothing.
 */
const SILENCE = 100_000;
/** The server is asked to end the connection by then, in seconds. */
const LIFE = '290';

/** Reads one watch connection until it ends, breaks or falls silent. Rejects when it could not be opened. */
export async function streamEvents(
  caller: Caller,
  resource: Resource,
  options: ListOptions,
  from: string,
  report: (event: WatchEvent) => void,
): Promise<StreamEnd> {
  const connection = new AbortController();
  const stop = (): void => connection.abort(fellSilent());
  for (const signal of [caller.closed, options.signal]) {
    signal?.addEventListener('abort', stop, { once: true, signal: connection.signal });
  }
  const alarm = silenceAlarm(caller, stop);
  try {
    const response = await openWatch(caller, resource, options, from, connection.signal);
    return await readEvents(response, from, report, alarm.restart);
  } finally {
    alarm.end();
    stop();
  }
}

async function openWatch(
  caller: Caller,
  resource: Resource,
  options: ListOptions,
  from: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const what = `WATCH ${describeCollection(resource, options)}`;
  const values = { watch: 'true', resourceVersion: from, allowWatchBookmarks: 'true', timeoutSeconds: LIFE };
  const path = collectionPath(resource, options.namespace) + query({ ...selectors(options), ...values });
  let response: IncomingMessage;
  try {
    response = await open(caller.connection, { method: 'GET', path }, signal);
  } catch (error) {
    throw error instanceof HoldfastError ? error : networkFailure(error, caller.connection.server, what);
  }
  const status = response.statusCode ?? 0;
  if (status === 200 || status === 410) return response;
  response.setEncoding('utf8');
  const body = (await response.toArray()).join('');
  throw statusFailure({ status, body, contentType: '', warnings: [] }, what);
}

type Line =
  | { readonly type: WatchEvent['type'] | 'BOOKMARK'; readonly object: KubernetesObject }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; readonly message?: string } };

async function readEvents(
  response: IncomingMessage,
  from: string,
  report: (event: WatchEvent) => void,
  heard: () => void,
): Promise<StreamEnd> {
  let resourceVersion = from;
  if (response.statusCode === 410) {
    response.resume();
    return { resourceVersion, expired: true };
  }
  for await (const text of linesOf(response)) {
    heard();
    const line = parseLine(text);
    if (line === undefined) continue;
    if (line.type === 'ERROR') return { resourceVersion, expired: true };
    resourceVersion = line.object.metadata.resourceVersion ?? resourceVersion;
    if (line.type !== 'BOOKMARK') report({ type: line.type, object: line.object });
  }
  return { resourceVersion, expired: false };
}

/** A broken connection ends the lines as a closed one does: the caller opens the next where this one ended. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  response.setEncoding('utf8');
  let rest = '';
  const chunks = (response as AsyncIterable<string>)[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch(() => undefined);
    if (next === undefined || next.done === true) return;
    const lines = (rest + next.value).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Undefined for what is no event; a proxy in between may say anything. */
function parseLine(text: string): Line | undefined {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

function silenceAlarm(caller: Caller, ring: () => void): { readonly restart: () => void; readonly end: () => void } {
  let current = new AbortController();
  const start = (): void => {
    const { signal } = current;
    caller.clock.sleep(SILENCE, signal).then(ring, () => undefined);
  };
  start();
  return {
    restart() {
      current.abort();
      current = new AbortController();
      start();
    },
    end: () => current.abort(),
  };
}

function fellSilent(): HoldfastError {
  return new HoldfastError('API_TIMEOUT', { message: 'The watch fell silent.', retryable: true });
}
