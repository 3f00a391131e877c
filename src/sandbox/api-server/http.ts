import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiError } from './api-error.ts';
import { badRequest } from './api-error.ts';
import { ApiError as Refusal } from './api-error.ts';
import type { User } from './access/user.ts';

/** A request whose caller is known. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly user: User;
  readonly raw: IncomingMessage;
  /** The whole body, however often it is asked for. */
  readonly body: () => Promise<Buffer>;
}

/** A plain answer; `stream` takes the response over instead. */
export type Reply =
  | {
      readonly code: number;
      readonly body: unknown;
      readonly contentType?: string;
      readonly warnings?: readonly string[];
    }
  | { readonly stream: (response: ServerResponse) => void | Promise<void> };

const LIMIT = 3 * 1024 * 1024;

/** 200 with a JSON body. */
export function ok(body: unknown): Reply {
  return { code: 200, body };
}

/** The whole body; 413 beyond the API server's 3 MiB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk as Uint8Array);
    size += part.length;
    if (size <= LIMIT) chunks.push(part);
  }
  if (size > LIMIT) {
    throw new Refusal(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LIMIT}`);
  }
  return Buffer.concat(chunks);
}

/** Parses JSON; 400 where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
}

/** The media type without parameters. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The Status object of a refusal. */
export function statusObject({ code, reason, message, details }: ApiError): unknown {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code };
}

/** Writes a plain answer: objects as JSON, strings and bytes as they are. */
export function send(response: ServerResponse, reply: Exclude<Reply, { stream: unknown }>): void {
  const { code, body, contentType = 'application/json', warnings = [] } = reply;
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : Buffer.from(`${JSON.stringify(body)}\n`);
  response.statusCode = code;
  response.setHeader('content-type', contentType);
  response.setHeader('cache-control', 'no-cache, private');
  response.setHeader('content-length', Buffer.byteLength(payload));
  if (warnings.length > 0) response.setHeader('warning', warnings.map(warningHeader));
  response.end(payload);
}

function warningHeader(text: string): string {
  const quoted = text
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"');
  return `299 - "${Buffer.from(quoted).toString('latin1')}"`;
}
