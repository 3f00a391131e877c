import type { AppContext, ServiceAnswer } from '../app.ts';

/** What a backend said: its JSON, or the sentence the page shows in its place. */
export interface BackendAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface Backend {
  readonly name: 'details' | 'reviews' | 'ratings';
  /** How often it is asked before productpage gives up; every answer but a 200 counts as a failure. */
  readonly tries: number;
  readonly label: string;
}

export const DETAILS: Backend = { name: 'details', tries: 1, label: 'product details' };
export const REVIEWS: Backend = { name: 'reviews', tries: 2, label: 'product reviews' };
export const RATINGS: Backend = { name: 'ratings', tries: 1, label: 'product ratings' };

const TIMEOUT_MS = 3000;

/** Asks a backend, 3 s a try with no pause between. Never rejects: no answer at all is a 500. */
export async function askBackend(
  context: AppContext,
  backend: Backend,
  productId: string,
  headers: Readonly<Record<string, string>>,
): Promise<BackendAnswer> {
  let last: ServiceAnswer | undefined;
  for (let attempt = 0; attempt < backend.tries; attempt += 1) {
    last = await once(context, backend, productId, headers);
    if (last?.status === 200) return { status: 200, body: JSON.parse(last.body) };
  }
  return {
    status: last?.status ?? 500,
    body: { error: `Sorry, ${backend.label} are currently unavailable for this book.` },
  };
}

async function once(
  context: AppContext,
  backend: Backend,
  productId: string,
  headers: Readonly<Record<string, string>>,
): Promise<ServiceAnswer | undefined> {
  const { env } = context;
  const upper = backend.name.toUpperCase();
  const domain = env['SERVICES_DOMAIN'] ? `.${env['SERVICES_DOMAIN']}` : '';
  try {
    return await context.call({
      host: `${env[`${upper}_HOSTNAME`] ?? backend.name}${domain}`,
      port: Number(env[`${upper}_SERVICE_PORT`] ?? 9080),
      path: `/${backend.name}/${productId}`,
      headers,
      timeoutMs: TIMEOUT_MS,
    });
  } catch {
    return undefined;
  }
}
