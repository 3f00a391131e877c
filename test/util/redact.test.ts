import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/util/redact.ts';

describe('redaction', () => {
  it('leaves text alone while no secret is known', () => {
    expect(createRedactor().redact('password=hunter2')).toBe('password=hunter2');
  });

  it('masks a secret also where it is URL-encoded, form-encoded, in base64 or escaped in JSON', () => {
    const redactor = createRedactor();
    redactor.add(['p@ss "word']);
    const base64 = Buffer.from('p@ss "word').toString('base64');
    expect(redactor.redact(`p@ss "word p%40ss%20%22word p%40ss+%22word ${base64} p@ss \\"word`)).toBe(
      '*** *** *** *** ***',
    );
  });

  it('masks the longer secret whole when one contains the other', () => {
    const redactor = createRedactor();
    redactor.add(['abcd', 'abcdefgh']);
    expect(redactor.redact('<abcdefgh>')).toBe('<***>');
  });

  it('reaches strings and keys anywhere in a value and keeps everything else', () => {
    const redactor = createRedactor();
    redactor.add(['s3cret']);
    expect(redactor.redactDeep({ a: [1, null, true, 'x s3cret'], s3cret: { b: 's3cret' } })).toEqual({
      a: [1, null, true, 'x ***'],
      '***': { b: '***' },
    });
  });

  it('does not blank out text for a value of under four characters', () => {
    const redactor = createRedactor();
    redactor.add(['', 'a', 'abc']);
    expect(redactor.redact('a abc')).toBe('a abc');
  });

  it('never lets a known secret through, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!'***'.includes(secret) && !`${before}***${after}`.includes(secret));
        const redactor = createRedactor();
        redactor.add([secret]);
        expect(redactor.redact(`${before}${secret}${after}`)).not.toContain(secret);
      }),
    );
  });

  it.each([
    ['in hex', Buffer.from('p@ss "word').toString('hex')],
    ['in upper-case hex', Buffer.from('p@ss "word').toString('hex').toUpperCase()],
    ['in base64url', Buffer.from('p@ss "word').toString('base64url')],
    ['URL-encoded in lower case', 'p%40ss%20%22word'.toLowerCase()],
    ['escaped twice', String.raw`p@ss \\\"word`],
    ['in HTML', 'p@ss &quot;word'],
  ])('masks a secret %s', (_, text) => {
    const redactor = createRedactor();
    redactor.add(['p@ss "word']);
    expect(redactor.redact(`<${text}>`)).toBe('<***>');
  });

  it('leaves at most two letters of the base64 in which a secret stands among other bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 9 }),
        fc.string({ minLength: 9 }),
        fc.string({ maxLength: 9 }),
        (a, secret, b) => {
          const redactor = createRedactor();
          redactor.add([secret]);
          const [head, tail, whole] = [a, a + secret, a + secret + b].map((text) =>
            Buffer.from(text).toString('base64'),
          );
          const middle = (whole ?? '').slice(
            (head ?? '').replace(/=+$/, '').length + 1,
            (tail ?? '').replace(/=+$/, '').length - 1,
          );
          expect(redactor.redact(whole ?? '')).not.toContain(middle);
        },
      ),
    );
  });

  it('masks each line of a secret of several lines, and the lines into which its base64 is wrapped', () => {
    const redactor = createRedactor();
    const secret = `first-line-1\nsecond-line-2 ${'x'.repeat(80)}`;
    redactor.add([secret]);
    const wrapped = Buffer.from(secret).toString('base64').replaceAll(/.{64}/g, '$&\n');
    expect(redactor.redact(`a second-line-2 ${'x'.repeat(80)} b`)).toBe('a *** b');
    expect(redactor.redact(wrapped)).toMatch(/^\*\*\*\n\*\*\*\n?.{0,15}$/);
  });
});

describe('what has the form of a credential', () => {
  const { redact } = createRedactor();

  it.each([
    ['Authorization: Bearer abc', 'Authorization: ***'],
    ['{"authorization":"Bearer abcdef0123456789"}', '{"authorization":"***"}'],
    ['sent Bearer abcdef0123456789 and more', 'sent Bearer *** and more'],
    ['Basic YWRtaW46aHVudGVyMg==', 'Basic ***'],
    ['Set-Cookie: a=b; Path=/', 'Set-Cookie: ***'],
    ['at https://user:pass@host/x and https://host/y', 'at https://***@host/x and https://host/y'],
    ['GET /x?a=1&access_token=abc&b=2', 'GET /x?a=1&access_token=***&b=2'],
    [String.raw`"{\"password\":\"abc\",\"name\":\"x\"}"`, String.raw`"{\"password\":\"***\",\"name\":\"x\"}"`],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '***'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----', '***'],
  ])('is masked in %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    'the server asks for Bearer authentication',
    'Basic settings of the mesh',
    'https://host:8080/path@x',
    'GET /productpage?page=2&sort=key',
    'vs:default/ratings is locked',
    'no cookie was set',
  ])('is not seen in %j', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('is masked as the value of a header in data', () => {
    expect(createRedactor().redactDeep({ headers: { Cookie: 'a=b', accept: 'c' } })).toEqual({
      headers: { Cookie: '***', accept: 'c' },
    });
  });
});

describe('text of others', () => {
  it('loses what acts on a terminal and keeps what can be read', () => {
    const { redact } = createRedactor();
    expect(redact('\u001B[31mred\u001B[0m \u001B]8;;http://x\u0007link\u001B]8;;\u0007 a\0b 漢😀\tend\r\nnext')).toBe(
      'red link a\u{FFFD}b 漢😀\tend\nnext',
    );
  });

  it('hides no secret between characters that cannot be seen', () => {
    const redactor = createRedactor();
    redactor.add(['s3cret']);
    expect(redactor.redact('s3c\u001B[1mret')).toBe('***');
  });

  it('is handed back as it is, without a copy, where nothing is wrong with it', () => {
    const event = { samples: [{ due: 1, timings: { wait: 2 } }] };
    expect(createRedactor().redactDeep(event)).toBe(event);
  });
});
