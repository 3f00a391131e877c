import type { Millis } from '../../model/clock.ts';
import { paceClosed } from '../pacing/closed-model.ts';
import { paceOpen, type Pacer } from '../pacing/open-model.ts';
import type { Stream } from '../sampler.ts';
import { createBatch } from './batch.ts';
import type { Batch } from './messages.ts';
import type { Shot } from './shot.ts';

export interface RunningStream {
  /** Plans nothing further; resolves when every sample has been handed over. */
  stop(): Promise<void>;
  /** Cuts off what is in flight. */
  abort(): void;
}

/** Starts a stream at once. `shoot` sends one request, `emit` hands samples over. */
export function runStream(
  stream: Stream,
  options: {
    readonly now: () => Millis;
    readonly shoot: (due: Millis) => Shot;
    readonly emit: (batch: Batch) => void;
  },
): RunningStream {
  const { now, shoot } = options;
  const inFlight = new Set<Shot>();
  const batch = createBatch(options.emit, stream.tellSent ?? false);
  let landed: (() => void) | undefined;
  const send = async (due: Millis): Promise<void> => {
    const shot = shoot(due);
    inFlight.add(shot);
    batch.left({ due, sent: now() });
    batch.add(await shot.sample);
    inFlight.delete(shot);
    if (inFlight.size === 0) landed?.();
  };
  const pacer = startPacer(stream, now, {
    send,
    drop: (due) => batch.add({ due, end: now() }),
    inFlight: () => inFlight.size,
  });
  return {
    async stop() {
      pacer.stop();
      if (inFlight.size > 0) await new Promise<void>((resolve) => (landed = resolve));
      batch.flush();
    },
    abort() {
      for (const shot of inFlight) shot.abort();
    },
  };
}

function startPacer(
  { pacing, request, duration, repeat }: Stream,
  now: () => Millis,
  gate: {
    readonly send: (due: Millis) => Promise<void>;
    readonly drop: (due: Millis) => void;
    readonly inFlight: () => number;
  },
): Pacer {
  if (pacing.kind === 'closed') return paceClosed({ ...pacing, repeat: repeat ?? false, now, fire: gate.send });
  const start = now();
  return paceOpen({
    perSecond: pacing.perSecond,
    start,
    end: start + (duration ?? Number.POSITIVE_INFINITY),
    now,
    fire(due) {
      // One that is already past its timeout could not be answered in time by anybody.
      if (gate.inFlight() >= pacing.maxInFlight || now() >= due + request.timeout) gate.drop(due);
      else void gate.send(due);
    },
  });
}
