import type { App } from './app.ts';
import { sendText } from './replies.ts';

/** A client pod: it serves nothing and is there to be looked at or to have a sidecar. */
export const sleep: App = {
  port: 80,
  start: () => (_request, response) => sendText(response, 404, ''),
};
