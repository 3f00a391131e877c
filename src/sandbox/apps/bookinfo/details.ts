import type { App } from '../app.ts';
import { pathOf, sendJson, sendText } from '../replies.ts';

/** The facts of a book; every id is the same book. */
export const details: App = {
  port: 9080,
  start: () => (request, response) => {
    const path = pathOf(request);
    if (path === '/health') return sendJson(response, 200, { status: 'Details is healthy' });
    const id = /^\/details\/?([^/]*)$/.exec(path)?.[1];
    if (id === undefined) return sendText(response, 404, 'Not Found');
    if (!/^-?\d+$/.test(id)) return sendJson(response, 400, { error: 'please provide numeric product id' });
    return sendJson(response, 200, book(Number(id)));
  },
};

function book(id: number): unknown {
  return {
    id,
    author: 'William Shakespeare',
    year: 1595,
    type: 'paperback',
    pages: 200,
    publisher: 'PublisherA',
    language: 'English',
    'ISBN-10': '1234567890',
    'ISBN-13': '123-1234567890',
  };
}
