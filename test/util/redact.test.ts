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
});
