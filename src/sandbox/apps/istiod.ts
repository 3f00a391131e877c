import type { App } from './app.ts';
import { pathOf, sendText } from './replies.ts';

/** Stands where istiod stands; the mesh itself reads the store, so this only says that it is ready. */
export const istiod: App = {
  port: 8080,
  start: () => (request, response) =>
    pathOf(request) === '/ready' ? sendText(response, 200, '') : sendText(response, 404, '404 page not found\n'),
};
