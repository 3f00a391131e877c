import type { Ingress } from '../../cluster/ingress.ts';
import type { Millis } from '../../model/clock.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { Expectation, HttpRequestSpec } from '../../model/hypothesis.ts';
import type { Sample } from '../../model/sample.ts';
import { compileChecks, type AnswerChecks } from '../checks/answer-checks.ts';
import type { Redact } from '../checks/excerpt.ts';
import { createClient } from '../http/client.ts';
import { prepareRequest, type PreparedRequest } from '../http/prepared-request.ts';
import type { Session } from '../http/session.ts';
import { createRedactor } from '../../util/redact.ts';
import { logIn } from './log-in.ts';
import type { Batch, Call } from './messages.ts';
import { runStream, type RunningStream } from './running-stream.ts';
import { shoot, type Shot } from './shot.ts';

/** The sampler's work, on the thread that does it. */
export interface Prober {
  /** Carries a call out; `onAbort` receives what to do when the caller gives up waiting. */
  perform(call: Call, onAbort: (abort: () => void) => void): Promise<Sample | void>;
  close(): void;
}

/** Creates a prober whose samples' instants come from `now`. */
export function createProber(options: {
  readonly ingress: Ingress;
  readonly now: () => Millis;
  readonly emit: (stream: string, batch: Batch) => void;
  readonly secrets: readonly string[];
  readonly offLimits: readonly string[];
  /** Hears the values of cookies that servers set. */
  readonly onSecrets: (values: readonly string[]) => void;
}): Prober {
  const { ingress, now, emit } = options;
  const client = createClient(options);
  const redactor = createRedactor();
  redactor.add(options.secrets);
  const onSecrets = (values: readonly string[]): void => {
    redactor.add(values);
    options.onSecrets(values);
  };
  const sessions = new Map<string, Session>();
  const streams = new Map<string, RunningStream>();

  const aim = (request: HttpRequestSpec, expect: Expectation): ((due: Millis) => Shot) => {
    const prepared = prepare(request, ingress, sessions);
    const checks = compile(request, expect, redactor.redact);
    return (due) => shoot(client, prepared, checks, due);
  };
  return {
    async perform(call, onAbort) {
      switch (call.do) {
        case 'login':
          return logIn(call.sessions, { sessions, client, ingress, now, onSecrets, onAbort });
        case 'start': {
          const aimed = call.streams.map((stream) => ({ stream, shoot: aim(stream.request, stream.expect) }));
          for (const { stream, shoot } of aimed) {
            if (streams.has(stream.id)) throw alreadyRunning(stream.id);
            const emitOwn = (batch: Batch): void => emit(stream.id, batch);
            streams.set(stream.id, runStream(stream, { now, shoot, emit: emitOwn }));
          }
          return;
        }
        case 'stop': {
          const stopped = call.streams.flatMap((id) => streams.get(id) ?? []);
          onAbort(() => stopped.forEach((stream) => stream.abort()));
          await Promise.all(stopped.map((stream) => stream.stop()));
          for (const id of call.streams) streams.delete(id);
          return;
        }
        case 'once': {
          const shot = aim(call.request, call.expect)(now());
          onAbort(shot.abort);
          return shot.sample;
        }
      }
    },
    close: client.close,
  };
}

function prepare(request: HttpRequestSpec, ingress: Ingress, sessions: ReadonlyMap<string, Session>): PreparedRequest {
  const session = request.session === undefined ? undefined : sessions.get(request.session);
  if (request.session !== undefined && session === undefined) {
    throw new HoldfastError('LOGIN_FAILED', { message: `session "${request.session}" was never logged in` });
  }
  try {
    return prepareRequest(request, ingress, session);
  } catch (error) {
    throw new HoldfastError('FILE_INVALID', {
      message: `no request can be made from path "${request.path}": ${error instanceof Error ? error.message : String(error)}`,
      where: `${request.method} ${request.path}`,
      hint: 'Write a path that begins with "/", or a whole http(s) URL.',
      cause: error,
    });
  }
}

function alreadyRunning(id: string): HoldfastError {
  return new HoldfastError('INTERNAL', { message: `stream "${id}" is already running` });
}

function compile(request: HttpRequestSpec, expect: Expectation, redact: Redact): AnswerChecks {
  try {
    return compileChecks(expect, redact);
  } catch (error) {
    throw new HoldfastError('FILE_INVALID', {
      message: error instanceof Error ? error.message : String(error),
      where: `${request.method} ${request.path}`,
      hint: 'Correct the regular expression (RE2 syntax).',
      cause: error,
    });
  }
}
