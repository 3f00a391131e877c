import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDING_CODES, type FindingCode } from '../../src/model/finding-codes.ts';
import { errorsFirst, finding, pageOf } from '../../src/model/finding.ts';

const page = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');
const entries = [
  ...page.matchAll(/^### <a id="([A-Z_]+)"><\/a>`([A-Z_]+)` \((error|warning)\)\n\n(.+)\n\n((?:- .+\n)+)/gm),
];

describe('the page on findings', () => {
  it('explains every code there is, in the same order, with its severity and meaning, and no other', () => {
    const explained = entries.map(([, anchor, code, severity, title]) => [anchor, code, severity, title]);
    const known = Object.entries(FINDING_CODES).map(([code, { severity, title }]) => [code, code, severity, title]);
    expect(explained).toEqual(known);
  });

  it.each(entries.map((entry) => [entry[1] ?? '', entry[5] ?? '']))(
    '%s: says what was looked at, why it matters and what to do',
    (_code, points) => {
      const labels = [...points.matchAll(/^- ([A-Z][^:]+): ./gm)].map(([, label]) => label);
      expect(labels.slice(0, 3)).toEqual(['Looked at', 'Why it matters', 'What to do']);
    },
  );
});

describe('a finding', () => {
  it('has the severity of its code, and a page that explains it', () => {
    const found = finding('NO_SIDECAR', 'Nobody has one.', undefined, 'Restart them.');
    expect(found).toEqual({
      severity: 'error',
      code: 'NO_SIDECAR',
      message: 'Nobody has one.',
      hint: 'Restart them.',
    });
    expect(pageOf(found.code)).toBe('docs/findings.md#NO_SIDECAR');
  });

  it('comes before the warnings when it is an error, and stays in its order otherwise', () => {
    const codes: FindingCode[] = ['OWNED', 'NO_ROUTE', 'GATEWAY_ONLY', 'NO_SIDECAR'];
    const sorted = errorsFirst(codes.map((code) => finding(code, code)));
    expect(sorted.map(({ code }) => code)).toEqual(['NO_ROUTE', 'NO_SIDECAR', 'OWNED', 'GATEWAY_ONLY']);
  });
});
