import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App, AppContext } from '../app.ts';
import { pathOf, readBody, sendHtml, sendJson, sendText } from '../replies.ts';
import { askBackend, DETAILS, RATINGS, REVIEWS } from './backends.ts';
import type { Backend } from './backends.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { indexPage, productPage, STYLESHEET } from './pages.ts';
import { sessionCookie, sessionUser } from './session.ts';

const PRODUCT = {
  id: 0,
  title: 'The Comedy of Errors',
  descriptionHtml: 'An early play by <b>William Shakespeare</b>: two pairs of twins, taken for each other all day.',
};

/** The page in front: details and reviews one after the other, and always a 200 whatever becomes of them. */
export const productpage: App = {
  port: 9080,
  start: (context) => async (request, response) => {
    const path = pathOf(request);
    const api = /^\/api\/v1\/products\/([^/]+)(?:\/(reviews|ratings))?$/.exec(path);
    if (path === '/productpage') return front(context, request, response);
    if (path === '/login') return login(request, response);
    if (path === '/logout') return redirectBack(request, response, sessionCookie(undefined));
    if (path === '/api/v1/products') return sendJson(response, 200, [PRODUCT]);
    if (api) return product(context, request, response, api[1] ?? '', api[2]);
    if (path === '/health') return sendText(response, 200, 'Product page is healthy');
    if (path === '/' || path === '/index.html') return sendHtml(response, 200, indexPage());
    if (path === '/static/bookinfo.css') return stylesheet(response);
    return sendText(response, 404, 'Not Found');
  },
};

async function front(context: AppContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const user = sessionUser(request.headers);
  const headers = callHeaders(request, user);
  const details = await askBackend(context, DETAILS, '0', headers);
  const reviews = await askBackend(context, REVIEWS, '0', headers);
  sendHtml(
    response,
    200,
    productPage({
      title: PRODUCT.title,
      descriptionHtml: PRODUCT.descriptionHtml,
      image: context.image,
      user,
      details,
      reviews,
    }),
  );
}

async function product(
  context: AppContext,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  part: string | undefined,
): Promise<void> {
  const headers = callHeaders(request, sessionUser(request.headers));
  const answer = await askBackend(context, backendOf(part), id, headers);
  sendJson(response, answer.status, answer.body);
}

function backendOf(part: string | undefined): Backend {
  if (part === 'reviews') return REVIEWS;
  return part === 'ratings' ? RATINGS : DETAILS;
}

/** Only a login makes an `end-user`: a client that sends the header itself is not believed. */
function callHeaders(request: IncomingMessage, user: string | undefined): Record<string, string> {
  const headers = forwardedHeaders(request.headers);
  if (user !== undefined) headers['end-user'] = user;
  return headers;
}

async function login(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') return sendText(response, 405, 'Method Not Allowed');
  const user = new URLSearchParams(await readBody(request)).get('username');
  redirectBack(request, response, sessionCookie(user ?? ''));
}

function redirectBack(request: IncomingMessage, response: ServerResponse, cookie: string): void {
  // Without a Referer the original writes Python's None, which clients had better not follow.
  response.writeHead(302, {
    location: request.headers.referer ?? 'None',
    'set-cookie': cookie,
    vary: 'Cookie',
    'content-length': 0,
  });
  response.end();
}

function stylesheet(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/css', 'content-length': Buffer.byteLength(STYLESHEET) });
  response.end(STYLESHEET);
}
