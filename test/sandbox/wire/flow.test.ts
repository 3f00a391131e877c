import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/sandbox/mesh/random.ts';
import type { TrafficFault } from '../../../src/sandbox/traffic-faults.ts';
import { conditionsOf } from '../../../src/sandbox/wire/conditions.ts';
import { createFlow } from '../../../src/sandbox/wire/flow.ts';
import { delay, loss, trafficFault } from '../../helpers/traffic-fault.ts';
import { createWireClock } from '../../helpers/wire-clock.ts';

describe('bytes on their way', () => {
  it('arrive at once when nothing is armed', () => {
    const wire = startWire();
    wire.send('a');
    expect(wire.arrived).toEqual(['a at 0']);
    expect(wire.clock.waiting).toBe(0);
  });

  it('are sent again after 0.2, 0.4, 0.8, 1.6, 3.2 and 6.4 s when they are lost', () => {
    const wire = startWire(loss(100));
    wire.send('a');
    wire.clock.step(6500);
    expect(wire.drawnAt).toEqual([0, 200, 400, 800, 1600, 3200, 6400]);
    expect(wire.arrived).toEqual([]);
  });

  it('arrive with the next try after the fault has gone, not earlier', () => {
    const wire = startWire(loss(100));
    wire.send('a');
    wire.clock.step(2000);
    wire.arm();
    wire.clock.step(2000);
    expect(wire.arrived).toEqual(['a at 3200']);
    wire.send('b');
    expect(wire.arrived).toEqual(['a at 3200', 'b at 4000']);
  });

  it('feel a fault that is armed later, and do not overtake each other', () => {
    const wire = startWire();
    wire.send('a');
    wire.arm(delay(50));
    wire.send('b');
    wire.clock.step(10);
    wire.arm();
    wire.send('c');
    wire.clock.step(100);
    expect(wire.arrived).toEqual(['a at 0', 'b at 50', 'c at 50']);
  });

  it('are given up after fifteen timeouts, some 15 minutes later', () => {
    const wire = startWire(loss(100));
    wire.send('a');
    wire.clock.step(900_000);
    expect(wire.givenUp()).toBe(0);
    wire.clock.step(300_000);
    expect(wire.givenUp()).toBe(1);
    expect(wire.clock.waiting).toBe(0);
  });

  it('are late by the time give or take the offset', () => {
    const wire = startWire(delay(100, {}, 40));
    for (let n = 0; n < 200; n += 1) {
      wire.send(String(n));
      wire.clock.step(1000);
    }
    const late = wire.arrivals().map((at, n) => at - n * 1000);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(60);
    expect(Math.min(...late)).toBeLessThan(70);
    expect(Math.max(...late)).toBeGreaterThan(130);
    expect(Math.max(...late)).toBeLessThanOrEqual(140);
  });

  it.each<[string, TrafficFault['effect']]>([
    ['doubled', { kind: 'duplicate', percent: 100 }],
    ['reordered all of them', { kind: 'reorder', percent: 100, timeMs: 10 }],
  ])('arrive as if nothing were armed when packets are %s', (_what, effect) => {
    const wire = startWire(trafficFault(effect));
    wire.send('a');
    expect(wire.arrived).toEqual(['a at 0']);
  });

  it('are held for netem’s delay when they are not among the reordered', () => {
    const wire = startWire(trafficFault({ kind: 'reorder', percent: 50, timeMs: 10 }));
    for (let n = 0; n < 400; n += 1) {
      wire.send(String(n));
      wire.clock.step(100);
    }
    const held = wire.arrivals().filter((at, n) => at - n * 100 === 10).length;
    expect(held).toBeGreaterThan(150);
    expect(held).toBeLessThan(250);
  });

  it('are lost when they are corrupted', () => {
    const wire = startWire(trafficFault({ kind: 'corrupt', percent: 100 }));
    wire.send('a');
    wire.clock.step(10_000);
    expect(wire.arrived).toEqual([]);
  });

  it('wait more often the longer the message is, but far less than once a segment', () => {
    const late = (bytes: number) => {
      const wire = startWire(loss(30));
      for (let n = 0; n < 1000; n += 1) {
        wire.send(String(n), bytes);
        wire.clock.step(60_000);
      }
      return wire.arrivals().filter((at, n) => at > n * 60_000).length / 1000;
    };
    expect(late(100)).toBeCloseTo(0.3, 1);
    const big = late(100_000);
    expect(big).toBeGreaterThan(0.3);
    // 70 segments of which each could wait: 1 - 0.7^70 would be all of them.
    expect(big).toBeLessThan(0.9);
  });
});

function startWire(...initial: TrafficFault[]) {
  const clock = createWireClock();
  const random = createRandom(11, 'flow').next;
  const arrived: string[] = [];
  const drawnAt: number[] = [];
  let givenUp = 0;
  const drawn = (): number => {
    drawnAt.push(clock.now());
    return random();
  };
  let conditions = conditionsOf(initial, drawn);
  const flow = createFlow({
    conditions: () => conditions,
    acknowledged: () => undefined,
    clock,
    giveUp: () => void (givenUp += 1),
  });
  return {
    clock,
    arrived,
    drawnAt,
    givenUp: () => givenUp,
    arm: (...faults: TrafficFault[]) => void (conditions = conditionsOf(faults, drawn)),
    send: (name: string, bytes = 100) => flow.send(bytes, () => arrived.push(`${name} at ${clock.now()}`)),
    arrivals: () => arrived.map((line) => Number(line.split(' at ')[1])),
  };
}
