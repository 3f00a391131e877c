import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, HoldfastError, serializeError } from '../../src/model/errors.ts';
import { exitCodeOf } from '../../src/model/exit-code.ts';

describe('the page on errors', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const explained = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);

  it('explains every code there is, once, and no other', () => {
    expect(explained.length).toBe(Object.keys(ERROR_CODES).length);
    expect(new Set(explained)).toEqual(new Set(Object.keys(ERROR_CODES)));
  });
});

describe('each section of the page on errors', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const exitOf = {
    usage: 2,
    refused: 2,
    environment: 3,
    internal: 3,
    inconclusive: 4,
    rollback: 5,
    locked: 6,
  } as const;

  it('holds the codes that end with the exit code in its title', () => {
    const sections = page.split(/^## /m).slice(1);
    const told = sections.flatMap((section) => {
      const exit = Number(/\(exit (\d)/.exec(section)?.[1]);
      return [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => [match[1], exit] as const);
    });
    const meant = Object.entries(ERROR_CODES).map(([code, kind]) => [code, exitOf[kind]] as const);
    expect(new Map(told)).toEqual(new Map(meant));
  });
});

describe('an error in the journal', () => {
  it('keeps what a user can act on', () => {
    const error = new HoldfastError('API_FORBIDDEN', {
      message: 'may not update',
      where: 'VirtualService default/ratings',
      hint: 'apply deploy/rbac.yaml',
    });
    expect(serializeError(error)).toEqual({
      code: 'API_FORBIDDEN',
      message: 'may not update',
      where: 'VirtualService default/ratings',
      hint: 'apply deploy/rbac.yaml',
    });
  });

  it('calls everything that was not raised on purpose a defect', () => {
    expect(serializeError(new TypeError('x is undefined'))).toEqual({
      code: 'INTERNAL',
      message: 'TypeError: x is undefined',
    });
  });
});

describe('the exit code of a run', () => {
  it.each([
    [['passed', 'known-weakness', 'skipped'], undefined, 0],
    [['passed', 'locked'], undefined, 6],
    [['locked', 'inconclusive'], undefined, 4],
    [['inconclusive', 'error'], undefined, 3],
    [['error', 'failed'], undefined, 1],
    [['unexpected-pass'], undefined, 1],
    [['failed', 'interrupted'], 'SIGINT', 130],
    [['interrupted'], 'SIGTERM', 143],
    [['interrupted', 'rollback-failed'], 'SIGINT', 5],
  ] as const)('is decided by the worst verdict: %j, stopped by %s -> %i', (verdicts, signal, code) => {
    expect(exitCodeOf(verdicts, signal)).toBe(code);
  });
});
