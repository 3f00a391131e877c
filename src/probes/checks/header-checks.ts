import type { IncomingHttpHeaders } from 'node:http';
import { RE2JS } from 're2js';
import type { HeaderExpectation } from '../../model/hypothesis.ts';
import { isSensitiveHeader } from '../../util/credentials.ts';
import { excerpt, type Redact } from './excerpt.ts';

/** Compiles header expectations into a function that names each one that does not hold. */
export function compileHeaderChecks(
  expected: Readonly<Record<string, HeaderExpectation>>,
  redact: Redact,
): (headers: IncomingHttpHeaders) => readonly string[] {
  const checks = Object.entries(expected).map(([name, expectation]) => {
    const show = isSensitiveHeader(name) ? hidden : (value: string) => excerpt(value, redact);
    const { holds, wish } = compile(expectation, show);
    return (headers: IncomingHttpHeaders): readonly string[] => {
      const raw = headers[name.toLowerCase()];
      const value = Array.isArray(raw) ? raw.join(', ') : raw;
      if (holds(value)) return [];
      return [`expected header ${name} ${wish}, got ${value === undefined ? 'none' : show(value)}`];
    };
  });
  return (headers) => checks.flatMap((check) => check(headers));
}

/** Cookies and the like let in whoever reads them. */
function hidden(): string {
  return '***';
}

function compile(
  expectation: HeaderExpectation,
  show: (value: string) => string,
): {
  readonly holds: (value: string | undefined) => boolean;
  readonly wish: string;
} {
  switch (expectation.kind) {
    case 'equals':
      return { holds: (value) => value === expectation.value, wish: `to be ${show(expectation.value)}` };
    case 'contains':
      return {
        holds: (value) => value?.includes(expectation.value) ?? false,
        wish: `to contain ${show(expectation.value)}`,
      };
    case 'matches': {
      const pattern = RE2JS.compile(expectation.pattern);
      return {
        holds: (value) => value !== undefined && pattern.test(value),
        wish: `to match /${expectation.pattern}/`,
      };
    }
    case 'present':
      return {
        holds: (value) => (value !== undefined) === expectation.present,
        wish: expectation.present ? 'to be present' : 'to be absent',
      };
  }
}
