import type { IncomingHttpHeaders } from 'node:http';
import type { Millis } from '../../model/clock.ts';
import { checkStatus, checkWithin } from '../../model/check-answer.ts';
import type { Expectation } from '../../model/hypothesis.ts';
import type { FailedCheck } from '../../model/sample.ts';
import { compileBodyChecks } from './body-checks.ts';
import type { Redact } from './excerpt.ts';
import { compileHeaderChecks } from './header-checks.ts';

/** An answer as far as checks look at it. */
export interface CheckedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** From due to end. */
  readonly latency: Millis;
  readonly body?: Buffer;
}

export interface AnswerChecks {
  /** Whether some check reads the body. */
  readonly needsBody: boolean;
  /** Every check that does not hold, each in one line `expected X, got Y`. */
  run(answer: CheckedAnswer): readonly FailedCheck[];
}

/**
 * Compiles the part of an expectation that is checked on each request; `redact` takes secrets out of what is shown of an
 * answer. Throws on an invalid regular expression.
 */
export function compileChecks(expect: Expectation, redact: Redact): AnswerChecks {
  const headers = compileHeaderChecks(expect.headers ?? {}, redact);
  const body = expect.body === undefined ? undefined : compileBodyChecks(expect.body, redact);
  return {
    needsBody: body !== undefined,
    run: (answer) => [
      ...checkStatus(expect.status, answer.status),
      ...checkWithin(expect.within, answer.latency),
      ...headers(answer.headers).map((detail) => ({ check: 'headers' as const, detail })),
      ...(body?.(answer.body ?? Buffer.alloc(0), answer.headers['content-type']) ?? []).map((detail) => ({
        check: 'body' as const,
        detail,
      })),
    ],
  };
}
