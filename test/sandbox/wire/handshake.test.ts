import { describe, expect, it } from 'vitest';
import type { TrafficFault } from '../../../src/sandbox/traffic-faults.ts';
import { conditionsOf } from '../../../src/sandbox/wire/conditions.ts';
import { shakeHands } from '../../../src/sandbox/wire/handshake.ts';
import { delay, loss } from '../../helpers/traffic-fault.ts';
import { createWireClock } from '../../helpers/wire-clock.ts';

describe('a connection', () => {
  it('is tried at 0, 1, 2, 3, 4, 5, 7, 11 s ... and given up after 131 s when nobody hears it', () => {
    const opening = startOpening({ there: [loss(100)] });
    opening.clock.step(130_999);
    expect(opening.synsAt).toEqual([0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67].map((s) => s * 1000));
    expect(opening.ends).toEqual([]);
    opening.clock.step(1);
    expect(opening.ends).toEqual(['timed out at 131000']);
    expect(opening.clock.waiting).toBe(0);
  });

  it('opens with the next SYN after the fault has gone', () => {
    const opening = startOpening({ there: [loss(100)] });
    opening.clock.step(5500);
    opening.arm({});
    opening.clock.step(60_000);
    expect(opening.ends).toEqual(['open at 7000']);
    expect(opening.clock.waiting).toBe(0);
  });

  it('opens with the listener’s own next SYN-ACK when only answers were lost', () => {
    const opening = startOpening({ back: [loss(100)] });
    opening.clock.step(5500);
    opening.arm({});
    opening.clock.step(60_000);
    // The SYN of 5 s put it off by a second. To the client it is the answer to its first SYN: a round trip of 6 s.
    expect(opening.ends).toEqual(['open at 6000']);
    expect(opening.roundTrips).toEqual([6000]);
  });

  it('takes the delay of each direction', () => {
    const opening = startOpening({ there: [delay(30)], back: [delay(50)] });
    opening.clock.step(1000);
    expect(opening.ends).toEqual(['open at 80']);
  });

  it('opens once, though delays of seconds let several SYNs cross', () => {
    const opening = startOpening({ there: [delay(2500)] });
    opening.clock.step(20_000);
    expect(opening.ends).toEqual(['open at 2500']);
  });

  it('is forgotten when it is called off', () => {
    const opening = startOpening({ there: [loss(100)] });
    opening.stop();
    expect(opening.clock.waiting).toBe(0);
  });
});

type Armed = Partial<Record<'there' | 'back', readonly TrafficFault[]>>;

function startOpening(initial: Armed) {
  const clock = createWireClock();
  const synsAt: number[] = [];
  const ends: string[] = [];
  const roundTrips: number[] = [];
  let armed = initial;
  const stop = shakeHands({
    there: () => {
      synsAt.push(clock.now());
      return conditionsOf(armed.there ?? [], Math.random);
    },
    back: () => conditionsOf(armed.back ?? [], Math.random),
    clock,
    settle: (end) => {
      ends.push(`${end.kind} at ${clock.now()}`);
      if (end.kind === 'open') roundTrips.push(end.roundTripMs);
    },
  });
  return { clock, synsAt, ends, roundTrips, stop, arm: (next: Armed) => void (armed = next) };
}
