import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/load/diagnostic.ts';
import { formatDiagnostic } from '../../src/load/format-diagnostic.ts';

const base = { code: 'UNKNOWN_KEY', severity: 'error', message: 'unknown key' } as const;

function at(line: number, column: number, length: number): Diagnostic {
  return { ...base, range: { file: 'a.yaml', line, column, length } };
}

describe('a formatted diagnostic', () => {
  it('is one line where there is no place', () => {
    expect(formatDiagnostic(base, undefined)).toBe('error unknown key (UNKNOWN_KEY)\n');
  });

  it('underlines the right columns after a tab, in a long line, and at its end', () => {
    expect(
      formatDiagnostic(at(1, 2, 3), '\tkey: 1\n')
        .split('\n')
        .slice(1, 3),
    ).toEqual(['  1 |  key: 1', '    |  ^^^']);
    const long = `${'x'.repeat(200)}HERE${'y'.repeat(200)}`;
    const [, line = '', caret = ''] = formatDiagnostic(at(1, 201, 4), long).split('\n');
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('HERE');
  });

  it('never writes control characters of a file to the terminal', () => {
    const diagnostic = { ...at(1, 1, 1), message: 'unknown key `\u001B[2J`', hint: 'Not \u202E.' };
    expect(formatDiagnostic(diagnostic, 'a\u001B[31mred\u202E')).toBe(
      'a.yaml:1:1 error unknown key ` [2J` (UNKNOWN_KEY)\n  1 | a [31mred\n    | ^\n    Not  .\n',
    );
  });

  it('keeps its frame within 80 columns and its caret under the text, wherever that is', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', ':', '\t'), minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(text, fc.nat(299), fc.integer({ min: 1, max: 40 }), (source, start, length) => {
        fc.pre(start < source.length);
        const [, line = '', caret = ''] = formatDiagnostic(at(1, start + 1, length), source).split('\n');
        expect(line.length).toBeLessThanOrEqual(80);
        const column = caret.indexOf('^');
        const shown = line.padEnd(column + 1)[column];
        expect([source[start]?.replace('\t', ' '), '…']).toContain(shown);
      }),
    );
  });

  it('colours by the style it is given and by nothing else', () => {
    const style = (kind: string, text: string): string => `<${kind}>${text}</>`;
    expect(formatDiagnostic({ ...at(1, 1, 2), hint: 'Try it.' }, 'ab', { style })).toBe(
      '<place>a.yaml:1:1</> <error>error</> unknown key (UNKNOWN_KEY)\n  1 | ab\n    | <caret>^^</>\n    Try it.\n',
    );
  });
});
