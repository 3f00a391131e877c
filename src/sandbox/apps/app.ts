import type { IncomingMessage, ServerResponse } from 'node:http';

/** A program that runs in a sandbox pod, chosen by its container image. */
export interface App {
  /** Where it listens when the pod template names no container port. */
  readonly port: number;
  /** What the image sets; the pod template's env wins. */
  readonly env?: Readonly<Record<string, string>>;
  /** Starts one instance with state of its own. */
  start(context: AppContext): Handler;
}

/** Answers one request; a rejection becomes a 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** What a running instance knows of the world. */
export interface AppContext {
  readonly podName: string;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  /** Aborted when the pod is gone; every wait listens to it. */
  readonly signal: AbortSignal;
  /** Uniform in [0, 1), from the sandbox's seed. */
  readonly random: () => number;
  /** Calls another service by the name it has in the cluster. */
  readonly call: (request: ServiceCall) => Promise<ServiceAnswer>;
}

export interface ServiceCall {
  readonly method?: string;
  /** `name`, `name.namespace` or the full name, as an application would write it. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For connecting, and again for each silence while reading. */
  readonly timeoutMs: number;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly body: string;
}
