import { HoldfastError, type SerializedError } from '../../model/errors.ts';
import type { Call, FromWorker, LoadCall, ToWorker } from './messages.ts';

/** The main thread's calls to the worker that are waiting for their answer. */
export interface Calls {
  /** Resolves when the worker takes calls. */
  readonly ready: Promise<void>;
  /** Aborting tells the worker to come to an end; its answer is still awaited. */
  perform(call: Call | LoadCall, signal?: AbortSignal): Promise<Answer>;
  settle(message: Extract<FromWorker, { type: 'ready' | 'done' | 'failed' }>): void;
  /** Rejects everything that waits, and every later call. Only the first failure counts. */
  fail(error: HoldfastError): void;
}

/** What came of a call, as far as it asks for something. */
export type Answer = Pick<Extract<FromWorker, { type: 'done' }>, 'sample' | 'load'>;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

const READY = 0;

/** Numbers calls, posts them, and matches the answers. */
export function createCalls(post: (message: ToWorker) => void): Calls {
  const waiting = new Map<number, Waiting>();
  let failure: HoldfastError | undefined;
  let last = READY;
  const wait = (id: number): Promise<Answer> => new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  const take = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };
  return {
    ready: wait(READY).then(() => undefined),
    async perform(call, signal) {
      if (failure !== undefined) throw failure;
      const id = (last += 1);
      const abort = (): void => post({ abort: id });
      const answer = wait(id);
      post({ id, call });
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort, { once: true });
      return answer.finally(() => signal?.removeEventListener('abort', abort));
    },
    settle(message) {
      if (message.type === 'ready') take(READY)?.resolve({});
      else if (message.type === 'done') take(message.id)?.resolve(message);
      else take(message.id)?.reject(revived(message.error));
    },
    fail(error) {
      failure ??= error;
      for (const call of waiting.values()) call.reject(failure);
      waiting.clear();
    },
  };
}

/** Classes do not survive the way between threads. */
function revived({ code, ...details }: SerializedError): HoldfastError {
  return new HoldfastError(code, details);
}
