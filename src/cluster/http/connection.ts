import type { Agent, OutgoingHttpHeaders } from 'node:http';

/** One API server and how to be somebody there. */
export interface Connection {
  /** Base address, with a path where the server sits behind a proxy such as Rancher's. */
  readonly server: URL;
  /** Shared by all requests, so that they share kept-alive sockets. A new one appears when credentials were renewed. */
  agent(): Promise<Agent>;
  /** Authorization and impersonation headers, fresh for each request: tokens expire. */
  headers(): Promise<OutgoingHttpHeaders>;
  close(): void;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the server's base address. */
  readonly path: string;
  readonly accept?: string;
  readonly body?: unknown;
  /** Of the body; default `application/json`. */
  readonly contentType?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly warnings: readonly string[];
  /** Milliseconds, from `Retry-After`. */
  readonly retryAfter?: number;
  /** The server's clock when it answered, from `Date`: whole seconds, as milliseconds. */
  readonly date?: number;
}
