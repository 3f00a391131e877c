import type { Clock, Millis } from '../model/clock.ts';

/** So many times slower are looks that can only come at the cost of earlier ones. */
const CROWDED = 10;

/** What one look showed. `at` is when it was due. */
export interface Look {
  readonly at: Millis;
  readonly wanted: boolean;
}

export interface PollOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** On the clock; when it is past, polling ends without a result. */
  readonly deadline: Millis;
  readonly every: Millis;
  /** How many consecutive looks must show what is wanted. */
  readonly needed: number;
  readonly maxInFlight: number;
  /**
   * `wait`: no new look while a wanted one may be completed by those under way, and those are awaited at the end (looks
   * that load the system under test). `cut`: the oldest look makes room for a new one, and the end cuts off the rest; new
   * ones come ten times as slowly then, so that a system which is slow by nature has the time to answer one of them.
   */
  readonly overlap: 'wait' | 'cut';
  look(signal: AbortSignal): Promise<Look>;
}

interface Pending {
  readonly cut: AbortController;
  readonly startedAt: Millis;
  at: Millis;
  state: 'pending' | 'wanted' | 'unwanted' | 'cut';
  error?: unknown;
  ended: Promise<void>;
}

/**
 * Looks again and again, not waiting for one answer before asking the next, until `needed` looks in a row, in the order
 * in which they were due, show what is wanted. Resolves with the instant of the first of them, or undefined.
 */
export async function pollUntil(options: PollOptions): Promise<Millis | undefined> {
  const { clock, signal, deadline, needed } = options;
  const looks: Pending[] = [];
  try {
    for (;;) {
      const broken = looks.find((it) => it.error !== undefined);
      if (broken !== undefined) throw broken.error;
      const first = firstOfRun(looks, needed);
      if (first !== undefined) return first.at;
      if (clock.now() >= deadline) return undefined;
      const next = nextStart(looks, options);
      if (next <= clock.now()) startLook(looks, options);
      else await nap(looks, Math.min(next, deadline), clock, signal);
    }
  } finally {
    const found = firstOfRun(looks, needed) !== undefined;
    if (options.overlap === 'cut' || !found || signal.aborted) for (const look of looks) cut(look);
    await Promise.all(looks.map((it) => it.ended));
  }
}

/** When the next look may start; never, as long as it has to wait for one that is under way. */
function nextStart(looks: readonly Pending[], { overlap, maxInFlight, every }: PollOptions): Millis {
  const inFlight = looks.filter((it) => it.state === 'pending').length;
  const decided = looks.filter((it) => it.state !== 'pending');
  const wait = inFlight >= maxInFlight || (inFlight > 0 && decided.at(-1)?.state === 'wanted');
  if (overlap === 'wait' && wait) return Number.POSITIVE_INFINITY;
  const pause = inFlight >= maxInFlight ? every * CROWDED : every;
  return (looks.at(-1)?.startedAt ?? Number.NEGATIVE_INFINITY) + pause;
}

function startLook(looks: Pending[], { clock, signal, look: ask, overlap, maxInFlight }: PollOptions): void {
  const inFlight = looks.filter((it) => it.state === 'pending');
  if (overlap === 'cut' && inFlight.length >= maxInFlight && inFlight[0] !== undefined) cut(inFlight[0]);
  const now = clock.now();
  const look: Pending = {
    cut: new AbortController(),
    startedAt: now,
    at: now,
    state: 'pending',
    ended: Promise.resolve(),
  };
  look.ended = ask(AbortSignal.any([signal, look.cut.signal])).then(
    ({ at, wanted }) => {
      if (look.state === 'cut') return;
      look.at = at;
      look.state = wanted ? 'wanted' : 'unwanted';
    },
    (error: unknown) => {
      if (look.state === 'pending') look.error = error;
      look.state = 'cut';
    },
  );
  looks.push(look);
}

/** Waits until `until` or until a look that is under way has ended. */
async function nap(looks: readonly Pending[], until: Millis, clock: Clock, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const sleep = clock.sleep(until - clock.now(), AbortSignal.any([signal, done.signal])).catch(() => undefined);
  await Promise.race([sleep, ...looks.filter((it) => it.state === 'pending').map((it) => it.ended)]);
  done.abort();
  signal.throwIfAborted();
}

function cut(look: Pending): void {
  if (look.state !== 'pending') return;
  look.state = 'cut';
  look.cut.abort(new Error('the answer is no longer needed'));
}

/** The first look of a run of `needed` wanted ones; a look without an answer breaks a run. */
function firstOfRun(looks: readonly Pending[], needed: number): Pending | undefined {
  let length = 0;
  for (const [index, look] of looks.entries()) {
    length = look.state === 'wanted' ? length + 1 : 0;
    if (length === needed) return looks[index - needed + 1];
  }
  return undefined;
}
