import type { ServerResponse } from 'node:http';
import type { StoredObject, StoreEvent } from '../../store.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { resourceOf } from '../backend.ts';
import type { Call } from '../backend.ts';
import { apiVersionOf } from '../catalogue/kind.ts';
import type { Change } from '../history.ts';
import { statusObject } from '../http.ts';
import type { Reply } from '../http.ts';
import { selectionOf } from '../selectors/selection.ts';
import { metadataOnly, toTable, viewOf } from '../tables/table.ts';
import { present } from './present.ts';

const BOOKMARK_EVERY = 60_000;
/** A client that reads slower than this backlog (bytes) is cut off, as a real server closes slow watches. */
const MAX_BACKLOG = 16 * 1024 * 1024;

/** GET of a collection with `watch=true`: one JSON event a line until the client, the timeout or the server ends it. */
export function watchObjects(call: Call): Reply {
  const { kind, namespace, name } = call.route;
  const selected = selectionOf(kind, namespace, name, call.request.query);
  return { stream: (response) => new WatchStream(call, response, selected).start() };
}

class WatchStream {
  private first = true;

  constructor(
    private readonly call: Call,
    private readonly response: ServerResponse,
    private readonly selected: (object: StoredObject) => boolean,
  ) {}

  start(): void {
    const { query } = this.call.request;
    this.response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    this.response.flushHeaders();
    try {
      this.replay(query.get('resourceVersion') ?? '');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.write('ERROR', statusObject(error));
      this.response.end();
      return;
    }
    if (query.get('sendInitialEvents') === 'true') this.bookmark({ 'k8s.io/initial-events-end': 'true' });
    this.follow(query);
  }

  private replay(from: string): void {
    const { store } = this.call.backend;
    const resource = resourceOf(this.call);
    if (from === '' || from === '0' || this.call.request.query.get('sendInitialEvents') === 'true') {
      for (const object of store.list(resource)) this.tell({ type: 'ADDED', object });
      return;
    }
    if (!/^\d+$/.test(from)) throw badRequest(`invalid resource version: "${from}"`);
    for (const change of store.changesSince(resource, Number(from))) this.tell(change);
  }

  private follow(query: URLSearchParams): void {
    const resource = resourceOf(this.call);
    const stop = this.call.backend.store.onChange((change) => {
      if (change.resource === resource) this.tell(change);
    });
    const bookmarks =
      query.get('allowWatchBookmarks') === 'true' ? setInterval(() => this.bookmark(), BOOKMARK_EVERY) : undefined;
    const seconds = Number(query.get('timeoutSeconds') ?? 0);
    const timeout = seconds > 0 ? setTimeout(() => this.response.end(), seconds * 1000) : undefined;
    this.response.once('close', () => {
      stop();
      clearInterval(bookmarks);
      clearTimeout(timeout);
    });
  }

  /** A change as this watch sees it: an object that comes into view is ADDED, one that leaves it is DELETED. */
  private tell(change: StoreEvent & Partial<Pick<Change, 'before'>>): void {
    const { type, object, before } = change;
    const isSelected = this.selected(object);
    const wasSelected = type === 'DELETED' ? isSelected : before !== undefined && this.selected(before);
    if (type === 'DELETED' || !isSelected) {
      if (wasSelected) this.write('DELETED', this.inView(object));
    } else {
      this.write(wasSelected ? 'MODIFIED' : 'ADDED', this.inView(object));
    }
  }

  private inView(object: StoredObject): unknown {
    const { kind, version } = this.call.route;
    const { query, headers } = this.call.request;
    switch (viewOf(headers.accept ?? '')) {
      case 'table': {
        const head = this.first;
        this.first = false;
        return toTable(kind, version, [object], { includeObject: query.get('includeObject'), head });
      }
      case 'metadata':
        return metadataOnly(object);
      case 'object':
        return present(kind, version, object);
    }
  }

  private bookmark(annotations?: Record<string, string>): void {
    const { kind, version } = this.call.route;
    const resourceVersion = String(this.call.backend.store.revision());
    this.write('BOOKMARK', {
      kind: kind.kind,
      apiVersion: apiVersionOf(kind.group, version),
      metadata: annotations ? { resourceVersion, annotations } : { resourceVersion },
    });
  }

  private write(type: string, object: unknown): void {
    this.response.write(`${JSON.stringify({ type, object })}\n`);
    if (this.response.writableLength > MAX_BACKLOG) this.response.destroy();
  }
}
