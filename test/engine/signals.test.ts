import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { watchSignals } from '../../src/engine/signals.ts';
import { createSteppedClock } from '../helpers/stepped-clock.ts';

function setUp() {
  const source = new EventEmitter();
  const clock = createSteppedClock();
  const seen: string[] = [];
  const stop = watchSignals((signal, count) => seen.push(`${signal} ${count}`), clock, source);
  return { source, clock, seen, stop };
}

describe('signals', () => {
  it('are counted one by one', async () => {
    const { source, clock, seen } = setUp();
    source.emit('SIGINT');
    await clock.step(500);
    source.emit('SIGINT');
    expect(seen).toEqual(['SIGINT 1', 'SIGINT 2']);
  });

  it('that npm sends on count once', async () => {
    const { source, clock, seen } = setUp();
    source.emit('SIGINT');
    await clock.step(100);
    source.emit('SIGINT');
    expect(seen).toEqual(['SIGINT 1']);
  });

  it('of several kinds at once, as at the end of a session, count once', async () => {
    const { source, clock, seen } = setUp();
    source.emit('SIGHUP');
    source.emit('SIGTERM');
    await clock.step(500);
    source.emit('SIGTERM');
    expect(seen).toEqual(['SIGHUP 1', 'SIGTERM 2']);
  });

  it('are left alone after watching has stopped', () => {
    const { source, seen, stop } = setUp();
    stop();
    source.emit('SIGINT');
    expect(seen).toEqual([]);
    expect(source.eventNames()).toEqual([]);
  });
});
