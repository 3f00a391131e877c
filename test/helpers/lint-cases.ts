import { describe, expect, it } from 'vitest';
import { type LintText, trapsIn } from './lint-text.ts';

/** What walks into a trap, what comes near it and does not, and the key that is named. */
export interface TrapCase {
  readonly code: string;
  readonly at: string;
  readonly trap: LintText;
  readonly near: Readonly<Record<string, LintText>>;
}

export const probe = (expectation: string, http = 'path: /productpage', more = 'rate: 5/s') =>
  `{name: page, http: {${http}}, ${more}, expect: ${expectation}}`;
export const delay = (spec: string, more = '') => `{name: slow, delay: {service: ratings, ${spec}}${more}}`;
export const abort = (spec: string, more = '') => `{name: broken, abort: {${spec}}${more}}`;
export const loss = (of: string) => `{name: lossy, networkLoss: {${of}, percent: 60, localPort: 31380}}`;
export const jason = 'sessions: {jason: {login: {method: POST, path: /login, form: {username: jason}}}}';
export const proof = (http: string, expectation: string) => `, proof: {http: {${http}}, expect: ${expectation}}`;
export const whole = '{status: 200, body: {contains: Reviewer1}}';

/** One test that the trap is told, and one for each that comes near it. */
export function describeTraps(cases: readonly TrapCase[]): void {
  describe.each(cases)('$code at $at', ({ code, at, trap, near }) => {
    it('is told', async () => {
      expect(await trapsIn(trap)).toEqual([`${code} at ${at}`]);
    });

    it.each(Object.entries(near))('is not told when %s', async (_when, text) => {
      expect(await trapsIn(text)).toEqual([]);
    });
  });
}
