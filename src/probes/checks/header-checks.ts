import type { IncomingHttpHeaders } from 'node:http';
import type { HeaderExpectation } from '../../model/hypothesis.ts';
import { excerpt } from './excerpt.ts';

/** Compiles header expectations into a function that names each one that does not hold. */
export function compileHeaderChecks(
  expected: Readonly<Record<string, HeaderExpectation>>,
): (headers: IncomingHttpHeaders) => readonly string[] {
  const checks = Object.entries(expected).map(([name, expectation]) => {
    const { holds, wish } = compile(expectation);
    return (headers: IncomingHttpHeaders): readonly string[] => {
      const raw = headers[name.toLowerCase()];
      const value = Array.isArray(raw) ? raw.join(', ') : raw;
      if (holds(value)) return [];
      return [`expected header ${name} ${wish}, got ${value === undefined ? 'none' : excerpt(value)}`];
    };
  });
  return (headers) => checks.flatMap((check) => check(headers));
}

function compile(expectation: HeaderExpectation): {
  readonly holds: (value: string | undefined) => boolean;
  readonly wish: string;
} {
  switch (expectation.kind) {
    case 'equals':
      return { holds: (value) => value === expectation.value, wish: `to be ${excerpt(expectation.value)}` };
    case 'contains':
      return {
        holds: (value) => value?.includes(expectation.value) ?? false,
        wish: `to contain ${excerpt(expectation.value)}`,
      };
    case 'matches': {
      const pattern = new RegExp(expectation.pattern, 'u');
      return { holds: (value) => value !== undefined && pattern.test(value), wish: `to match ${pattern}` };
    }
    case 'present':
      return {
        holds: (value) => (value !== undefined) === expectation.present,
        wish: expectation.present ? 'to be present' : 'to be absent',
      };
  }
}
