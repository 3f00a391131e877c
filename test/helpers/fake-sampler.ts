import type { Clock, Millis } from '../../src/model/clock.ts';
import type { Expectation } from '../../src/model/hypothesis.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { Sampler } from '../../src/probes/sampler.ts';

export interface FakeSampler extends Sampler {
  /** Streams that were started, in order: `page`, ... */
  readonly started: string[];
  /** Set to make answers bad although no fault is in, or good although one is. */
  answer?: (biting: boolean) => number;
  /** Throws in place of starting or stopping streams and of sending single requests. */
  failing?: () => void;
  /** True before it is opened, too. */
  closed: boolean;
}

const ANSWER_MS: Millis = 5;

/** Answers 200 after 5 ms, or 500 while a fault bites. Its epoch is the zero of the clock. */
export function createFakeSampler(clock: Clock, biting: () => boolean): FakeSampler {
  const streams = new Map<string, { stop: AbortController; done: Promise<void> }>();
  const ask = async (expect: Expectation): Promise<Sample> => {
    const due = clock.now();
    const status = fake.answer?.(biting()) ?? (biting() ? 500 : 200);
    await clock.sleep(ANSWER_MS);
    const held = expect.status?.some((it) => it.kind === 'exact' && it.status === status) ?? true;
    const failed = held ? [] : [{ check: 'status', detail: `got ${status}` } as const];
    return { due, sent: due, end: clock.now(), status, failed };
  };
  const fake: FakeSampler = {
    started: [],
    closed: true,
    login: async () => undefined,
    start: async (list, onSamples) => {
      fake.failing?.();
      for (const { id, pacing, expect, duration = Number.POSITIVE_INFINITY, repeat = false } of list) {
        fake.started.push(id);
        const stop = new AbortController();
        const end = clock.now() + duration;
        // A burst's requests leave one a second here.
        const every = pacing.kind === 'open' ? 1000 / pacing.perSecond : 1000;
        const most = pacing.kind === 'open' || repeat ? Number.POSITIVE_INFINITY : pacing.requests;
        const send = async (): Promise<void> => {
          for (let sent = 0; sent < most && clock.now() < end && !stop.signal.aborted; sent += 1) {
            const answered = ask(expect).then((sample) => onSamples(id, [sample]));
            await clock.sleep(every, stop.signal).catch(() => undefined);
            await answered;
          }
        };
        streams.set(id, { stop, done: send() });
      }
    },
    stop: async (ids) => {
      fake.failing?.();
      for (const id of ids) streams.get(id)?.stop.abort(new Error('stopped'));
      await Promise.all(ids.flatMap((id) => streams.get(id)?.done ?? []));
    },
    once: async (_, expect, signal) => {
      signal?.throwIfAborted();
      fake.failing?.();
      return ask(expect);
    },
    close: async () => {
      fake.closed = true;
    },
  };
  return fake;
}
