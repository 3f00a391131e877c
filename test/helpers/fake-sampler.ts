import { setMaxListeners } from 'node:events';
import type { Clock, Millis } from '../../src/model/clock.ts';
import type { Expectation, HttpRequestSpec } from '../../src/model/hypothesis.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { Sampler } from '../../src/probes/sampler.ts';

export interface FakeSampler extends Sampler {
  /** Streams that were started, in order: `page`, ... */
  readonly started: string[];
  /** Set to make answers bad although no fault is in, or good although one is. */
  answer?: (biting: boolean, path: string) => number;
  /** How long answers take; 5 ms unless set. */
  takes?: (biting: boolean, path: string) => Millis;
  /** Throws in place of starting or stopping streams and of sending single requests. */
  failing?: () => void;
  /** True before it is opened, too. */
  closed: boolean;
}

const ANSWER_MS: Millis = 5;

/** Answers 200 after 5 ms, or 500 while a fault bites. Its epoch is the zero of the clock. */
export function createFakeSampler(clock: Clock, biting: () => boolean): FakeSampler {
  const streams = new Map<string, { stop: AbortController; cut: AbortController; done: Promise<void> }>();
  const ask = async ({ path }: HttpRequestSpec, expect: Expectation, cut?: AbortSignal): Promise<Sample> => {
    const due = clock.now();
    const status = fake.answer?.(biting(), path) ?? (biting() ? 500 : 200);
    try {
      await clock.sleep(fake.takes?.(biting(), path) ?? ANSWER_MS, cut);
    } catch {
      return { due, sent: due, end: clock.now(), error: 'aborted', straddles: true };
    }
    const held = expect.status?.some((it) => it.kind === 'exact' && it.status === status) ?? true;
    const failed = held ? [] : [{ check: 'status', detail: `got ${status}` } as const];
    return { due, sent: due, end: clock.now(), status, failed };
  };
  const fake: FakeSampler = {
    started: [],
    closed: true,
    login: async () => undefined,
    start: async (list, onSamples, onSent) => {
      fake.failing?.();
      for (const {
        id,
        request,
        pacing,
        expect,
        tellSent = false,
        duration = Number.POSITIVE_INFINITY,
        repeat = false,
      } of list) {
        fake.started.push(id);
        const stop = new AbortController();
        const cut = new AbortController();
        // As many as there are requests under way.
        setMaxListeners(0, cut.signal);
        const underWay: Promise<void>[] = [];
        const end = clock.now() + duration;
        // A burst's requests leave one a second here.
        const every = pacing.kind === 'open' ? 1000 / pacing.perSecond : 1000;
        const most = pacing.kind === 'open' || repeat ? Number.POSITIVE_INFINITY : pacing.requests;
        const send = async (): Promise<void> => {
          for (let sent = 0; sent < most && clock.now() < end && !stop.signal.aborted; sent += 1) {
            const now = clock.now();
            if (tellSent) onSent?.(id, [{ due: now, sent: now }]);
            underWay.push(ask(request, expect, cut.signal).then((sample) => onSamples(id, [sample])));
            await clock.sleep(every, stop.signal).catch(() => undefined);
          }
          await Promise.all(underWay);
        };
        streams.set(id, { stop, cut, done: send() });
      }
    },
    stop: async (ids, signal) => {
      fake.failing?.();
      for (const id of ids) streams.get(id)?.stop.abort(new Error('stopped'));
      const stopped = ids.flatMap((id) => streams.get(id) ?? []);
      const cutAll = (): void => stopped.forEach((it) => it.cut.abort(new Error('cut')));
      if (signal?.aborted) cutAll();
      else signal?.addEventListener('abort', cutAll, { once: true });
      await Promise.all(stopped.map((it) => it.done));
    },
    once: async (request, expect, signal) => {
      signal?.throwIfAborted();
      fake.failing?.();
      return ask(request, expect, signal);
    },
    close: async () => {
      fake.closed = true;
    },
  };
  return fake;
}
