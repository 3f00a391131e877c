import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expectation } from '../../../src/model/hypothesis.ts';
import { compileChecks, type CheckedAnswer } from '../../../src/probes/checks/answer-checks.ts';
import { excerpt } from '../../../src/probes/checks/excerpt.ts';
import { createRedactor } from '../../../src/util/redact.ts';

const { redact } = createRedactor();

function run(
  expectation: Expectation,
  answer: Partial<Omit<CheckedAnswer, 'body'>> & { readonly body?: string | Buffer } = {},
) {
  const { body, ...rest } = answer;
  const bytes = body === undefined ? {} : { body: Buffer.from(body as string) };
  return compileChecks(expectation, redact)
    .run({ status: 200, headers: {}, latency: 10, ...rest, ...bytes })
    .map(({ check, detail }) => `${check}: ${detail}`);
}

const body = (overrides: Partial<NonNullable<Expectation['body']>>): Expectation => ({
  body: { contains: [], excludes: [], matches: [], json: {}, ...overrides },
});

describe('checks on an answer', () => {
  it.each<[string, Expectation, Parameters<typeof run>[1], string[]]>([
    ['a status that fits', { status: [{ kind: 'exact', status: 200 }] }, {}, []],
    ['a class that fits', { status: [{ kind: 'class', digit: 5 }] }, { status: 555 }, []],
    [
      'another status',
      {
        status: [
          { kind: 'exact', status: 200 },
          { kind: 'class', digit: 3 },
        ],
      },
      { status: 503 },
      ['status: expected 200 or 3xx, got 503'],
    ],
    ['an answer in time', { within: 10 }, {}, []],
    [
      'an answer too late',
      { within: 3000 },
      { latency: 6012.2 },
      ['within: expected an answer within 3s, got it after 6.013s'],
    ],
    ['a header that fits', { headers: { 'X-A': { kind: 'equals', value: 'b' } } }, { headers: { 'x-a': 'b' } }, []],
    [
      'headers that do not',
      {
        headers: {
          server: { kind: 'contains', value: 'envoy' },
          'x-b': { kind: 'matches', pattern: '^\\d+$' },
          'x-c': { kind: 'present', present: false },
        },
      },
      { headers: { server: 'nginx', 'x-c': 'c' } },
      [
        'headers: expected header server to contain "envoy", got "nginx"',
        'headers: expected header x-b to match /^\\d+$/, got none',
        'headers: expected header x-c to be absent, got "c"',
      ],
    ],
    ['a body that fits', body({ contains: ['Rev'], excludes: ['Err'], matches: ['R.v'] }), { body: 'Rev' }, []],
    [
      'a body without a text',
      body({ contains: ['Reviewer1'] }),
      { body: '' },
      ['body: expected body to contain "Reviewer1", got an empty body'],
    ],
    [
      'a body with a text it must not have, shown around it',
      body({ excludes: ['Error'] }),
      { body: `${'a'.repeat(300)} Error fetching${'b'.repeat(300)}` },
      [`body: expected body without "Error", got "…${'a'.repeat(49)} Error fetching${'b'.repeat(134)}…"`],
    ],
    [
      'a body that does not match',
      body({ matches: ['^x'] }),
      { body: 'y' },
      ['body: expected body to match /^x/, got "y"'],
    ],
    ['JSON that fits', body({ json: { '$.a[0].b': { c: 1 } } }), { body: '{"a":[{"b":{"c":1}}]}' }, []],
    [
      'JSON that does not',
      body({ json: { '$.a': 1, '$.b': true, '$[': 1 } }),
      { body: '{"a":2}' },
      [
        'body: expected $.a to be 1, got 2',
        'body: expected $.b to be true, got no such node',
        expect.stringContaining('$['),
      ],
    ],
    [
      'a body that is no JSON',
      body({ json: { '$.a': 1 } }),
      { body: '<html>' },
      ['body: expected a JSON body, got "<html>"'],
    ],
  ])('%s', (_, expectation, answer, failed) => {
    expect(run(expectation, answer)).toEqual(failed);
  });

  it('read the body in the charset that the answer names', () => {
    const latin = {
      body: Buffer.from('caf\xe9', 'latin1'),
      headers: { 'content-type': 'text/html; charset=ISO-8859-1' },
    };
    expect(run(body({ contains: ['café'] }), latin)).toEqual([]);
  });

  it('need the body only when one of them reads it', () => {
    expect(compileChecks({ within: 1 }, redact).needsBody).toBe(false);
    expect(compileChecks(body({}), redact).needsBody).toBe(true);
  });

  it('refuse a regular expression that does not compile', () => {
    expect(() => compileChecks(body({ matches: ['('] }), redact)).toThrow(/missing closing \)/);
  });
});

describe('an excerpt', () => {
  it('is one short line without control characters, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), fc.nat(2500), (text, at) => {
        const short = excerpt(text, redact, at);
        expect(short.length).toBeLessThanOrEqual(203);
        expect(short).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });

  it('keeps a short text as it is', () => {
    expect(excerpt('Error fetching\n  reviews', redact)).toBe('"Error fetching reviews"');
  });

  it('shows no part of a secret, wherever its edges fall', () => {
    const secret = 'S3cr3tValue-0123456789';
    const redactor = createRedactor();
    redactor.add([secret]);
    fc.assert(
      fc.property(fc.nat(400), fc.nat(400), fc.nat(120), (before, after, shift) => {
        const text = `${'x '.repeat(before)}${secret}${' y'.repeat(after)}`;
        expect(excerpt(text, redactor.redact, before * 2 + shift)).not.toMatch(/S3cr3|56789/);
      }),
    );
  });
});
