import type { Clock, Millis } from '../model/clock.ts';

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
   * that load the system under test). `cut`: the oldest look makes room for a new one, and the end cuts off the rest.
   */
  readonly overlap: 'wait' | 'cut';
  look(signal: AbortSignal): Promise<Look>;
}

interface Pending {
  readonly cut: AbortController;
  state: 'pending' | 'wanted' | 'unwanted' | 'cut';
  at: Millis;
  ended: Promise<void>;
}

/**
 * Looks again and again, not waiting for one answer before asking the next, until `needed` looks in a row, in the order
 * in which they were due, show what is wanted. Resolves with the instant of the first of them, or undefined.
 */
export async function pollUntil(options: PollOptions): Promise<Millis | undefined> {
  const looks: Pending[] = [];
  const failure: { error?: unknown } = {};
  try {
    for (;;) {
      if (failure.error !== undefined) throw failure.error;
      const first = firstOfRun(looks, options.needed);
      if (first !== undefined) return first.at;
      if (options.clock.now() >= options.deadline) return undefined;
      const paused = !startLook(looks, failure, options);
      const wake = looks.filter((it) => it.state === 'pending').map((it) => it.ended);
      await nap(options, paused ? wake : []);
    }
  } finally {
    const found = firstOfRun(looks, options.needed) !== undefined;
    if (options.overlap === 'cut' || !found) for (const look of looks) cut(look);
    await Promise.all(looks.map((it) => it.ended));
  }
}

/** Starts a look when one may be started now. */
function startLook(looks: Pending[], failure: { error?: unknown }, options: PollOptions): boolean {
  const inFlight = looks.filter((it) => it.state === 'pending');
  if (options.overlap === 'wait') {
    const decided = looks.filter((it) => it.state !== 'pending');
    if (inFlight.length > 0 && decided.at(-1)?.state === 'wanted') return false;
    if (inFlight.length >= options.maxInFlight) return false;
  } else if (inFlight.length >= options.maxInFlight && inFlight[0] !== undefined) {
    cut(inFlight[0]);
  }
  const look: Pending = { cut: new AbortController(), state: 'pending', at: options.clock.now(), ended: Promise.resolve() };
  looks.push(look);
  look.ended = options.look(AbortSignal.any([options.signal, look.cut.signal])).then(
    ({ at, wanted }) => {
      if (look.state !== 'pending') return;
      look.at = at;
      look.state = wanted ? 'wanted' : 'unwanted';
    },
    (error: unknown) => {
      if (look.state !== 'pending') return;
      look.state = 'cut';
      failure.error ??= error;
    },
  );
  return true;
}

/** Waits for the next turn: the interval, or earlier the end of a look that the next one has to wait for. */
async function nap({ clock, every, deadline, signal }: PollOptions, wake: readonly Promise<void>[]): Promise<void> {
  const done = new AbortController();
  const ms = Math.max(0, Math.min(wake.length > 0 ? deadline - clock.now() : every, deadline - clock.now()));
  const sleep = clock.sleep(ms, AbortSignal.any([signal, done.signal])).catch(() => undefined);
  await Promise.race([sleep, ...wake]);
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
