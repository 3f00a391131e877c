import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/util/nearest-name.ts';

const keys = ['method', 'path', 'headers', 'timeout', 'followRedirects'];

describe('the nearest name', () => {
  it.each([
    ['metod', 'method'],
    ['mehtod', 'method'],
    ['Path', 'path'],
    ['follow-redirects', 'followRedirects'],
    ['header', 'headers'],
  ])('%s probably means %s', (name, meant) => {
    expect(nearestName(name, keys)).toBe(meant);
  });

  it('is none when nothing is close', () => {
    expect(nearestName('colour', keys)).toBeUndefined();
  });
});
