import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { App, AppContext } from './app.ts';
import { pathOf, sendJson, sendText } from './replies.ts';

/** Answers with what the path asks for: `/status/503`, `/status/200,500`, `/delay/2` (at most 10 s), `/headers`, `/get`. */
export const httpbin: App = {
  port: 80,
  start: (context) => async (request, response) => {
    const [, verb, argument = ''] = pathOf(request).split('/');
    if (verb === 'status') return status(context, argument, response);
    if (verb === 'delay') return delay(context, argument, request, response);
    if (verb === 'headers') return sendJson(response, 200, { headers: request.headers });
    if (verb === 'get') return sendJson(response, 200, echo(request));
    if (verb === '') return sendText(response, 200, 'httpbin');
    return sendText(response, 404, 'Not Found');
  },
};

function status(context: AppContext, codes: string, response: ServerResponse): void {
  const choices = codes.split(',').map(Number);
  if (choices.some((code) => !Number.isInteger(code) || code < 200 || code > 599)) {
    return sendText(response, 400, 'Invalid status code');
  }
  const code = choices[Math.floor(context.random() * choices.length)] ?? 200;
  response.writeHead(code, { 'content-length': 0 }).end();
}

async function delay(
  context: AppContext,
  argument: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const seconds = Number(argument);
  if (!(seconds >= 0)) return sendText(response, 400, 'Invalid delay');
  await wait(Math.min(seconds, 10) * 1000, undefined, { signal: context.signal });
  sendJson(response, 200, echo(request));
}

function echo(request: IncomingMessage): unknown {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  return {
    args: Object.fromEntries(url.searchParams),
    headers: request.headers,
    origin: request.socket.remoteAddress,
    url: url.href,
  };
}
