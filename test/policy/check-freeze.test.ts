import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/load/config.ts';
import type { FreezeWindow } from '../../src/model/policy.ts';
import { checkFreeze, isFrozen } from '../../src/policy/check-freeze.ts';
import { rule } from '../helpers/a-policy.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const MINUTE = 60_000;

describe('a freeze between dates', () => {
  const window = freeze('{from: 2026-12-20, to: 2026-12-24, timeZone: Europe/Berlin, reason: holidays}');

  it('begins and ends by the clocks of its time zone, the last day included', () => {
    expect(frozenAt(window, '2026-12-19T22:59:59Z')).toBe(false);
    expect(frozenAt(window, '2026-12-19T23:00:00Z')).toBe(true);
    expect(frozenAt(window, '2026-12-24T22:59:59Z')).toBe(true);
    expect(frozenAt(window, '2026-12-24T23:00:00Z')).toBe(false);
  });

  it('refuses what would run into it, and says why there is one', () => {
    const start = Date.parse('2026-12-19T22:58:00Z');
    const policy = { freeze: [rule(window)] };
    expect(checkFreeze(policy, start, MINUTE)).toEqual([]);
    expect(checkFreeze(policy, start, 2 * MINUTE)).toMatchObject([
      { message: expect.stringContaining('(holidays) begins before it would be over') as string },
    ]);
  });
});

describe('a weekly freeze', () => {
  const weekend = freeze('{weekly: "Fri 16:00 .. Mon 08:00", timeZone: Europe/Berlin}');

  it.each([
    ['2026-07-03T13:59:59Z', false],
    ['2026-07-03T14:00:00Z', true],
    ['2026-07-05T12:00:00Z', true],
    ['2026-07-06T05:59:59Z', true],
    ['2026-07-06T06:00:00Z', false],
    // In winter Berlin is an hour closer to UTC.
    ['2026-12-04T14:59:59Z', false],
    ['2026-12-04T15:00:00Z', true],
  ])('at %s: %s', (instant, frozen) => {
    expect(frozenAt(weekend, instant)).toBe(frozen);
  });

  it('is met by any stretch that has a frozen minute in it, and by no other', () => {
    const monday = Date.parse('2026-01-05T00:00:00Z');
    const minutes = fc.integer({ min: 0, max: 7 * 1440 - 1 });
    fc.assert(
      fc.property(minutes, minutes, minutes, fc.integer({ min: 0, max: 600 }), (from, to, start, length) => {
        fc.pre(from !== to);
        const window: FreezeWindow = { kind: 'weekly', from, to, timeZone: 'UTC', text: '' };
        const at = (minute: number): number => monday + minute * MINUTE;
        const each = Array.from({ length: length + 1 }, (_, index) =>
          isFrozen(window, at(start + index), at(start + index)),
        );
        expect(isFrozen(window, at(start), at(start + length))).toBe(each.some(Boolean));
      }),
    );
  });
});

describe('a freeze in the config file', () => {
  it.each([
    ['{from: 2026-12-24, to: 2026-12-20}', '`2026-12-20` is not after `2026-12-24`'],
    ['{from: 2026-02-30, to: 2026-12-20}', '`2026-02-30` is not a date'],
    ['{from: 2026-12-20}', 'either `from` and `to`, or `weekly`'],
    ['{weekly: "Fri 16:00 .. Mon 08:00", to: 2026-12-20}', 'either `from` and `to`, or `weekly`'],
    ['{weekly: "Fry 16:00 .. Mon 08:00"}', '`Fry 16:00 .. Mon 08:00` is not a stretch of the week'],
    ['{weekly: "Fri 16:00 .. Fri 16:00"}', 'ends where it begins'],
    ['{weekly: "Fri 16:61 .. Mon 08:00"}', 'is not a stretch of the week'],
    ['{weekly: "Fri 16:00 .. Mon 08:00", timeZone: Europe/Berln}', '`Europe/Berln` is not a time zone'],
  ])('%s is a mistake with a place', (text, message) => {
    const cwd = tempFolder({ 'holdfast.config.yaml': `policy:\n  freeze:\n    - ${text}\n` });
    expect(loadConfig({ cwd, env: {} }).diagnostics).toMatchObject([
      { message: expect.stringContaining(message) as string, range: { line: 3 } },
    ]);
  });
});

function freeze(text: string): FreezeWindow {
  const cwd = tempFolder({ 'holdfast.config.yaml': `policy:\n  freeze: [${text}]\n` });
  const { config, diagnostics } = loadConfig({ cwd, env: {} });
  expect(diagnostics).toEqual([]);
  const window = config.policy?.freeze?.[0];
  if (window === undefined) throw new Error('no freeze');
  expect(window.where).toBe('holdfast.config.yaml:2');
  return window.value;
}

function frozenAt(window: FreezeWindow, instant: string): boolean {
  return isFrozen(window, Date.parse(instant), Date.parse(instant));
}
