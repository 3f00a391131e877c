import { describe, expect, it } from 'vitest';
import type { FixConclusion } from '../../src/model/conclusion.ts';
import { junitReporter } from '../../src/report/junit/junit-reporter.ts';
import { createPaint } from '../../src/report/terminal/paint.ts';
import { summaryLines } from '../../src/report/terminal/summary.ts';
import { experimentRecord, probeResult, runRecord } from '../helpers/run-record.ts';

const broken = {
  startedMs: 0,
  durationMs: 5000,
  results: [probeResult({ verdict: 'failed', good: 0, reasons: ['too late'] })],
};

function side(name: string, failed: boolean) {
  const record = experimentRecord();
  const named = { ...record, head: { ...record.head, name } };
  if (!failed) return named;
  return { ...named, verdict: 'failed' as const, reasons: ['too late'], phases: { ...record.phases, fault: broken } };
}

function run(before: boolean, after: boolean, conclusion: Pick<FixConclusion, 'outcome' | 'exitCode' | 'asked'>) {
  const names = { command: 'verify-fix', before: 'x (before)', after: 'x (after)' } as const;
  const told = { ...names, sentences: ['What it is.', 'Why.'], ...conclusion };
  return runRecord([side(names.before, before), side(names.after, after)], { conclusion: told });
}

const fixed = run(true, false, { outcome: 'fixed', exitCode: 0, asked: ['x (before)'] });
const worse = run(false, true, { outcome: 'regression', exitCode: 1, asked: [] });

describe('the reports of a run that was to find something out', () => {
  it('show in JUnit the red that was asked for as skipped, and the answer as a case of its own', () => {
    const xml = junitReporter.render(fixed);
    expect(xml).not.toMatch(/<failure|<error/);
    expect(xml).toContain('part of what verify-fix asks: too late');
    expect(xml).toMatch(/<testsuite name="verify-fix"[^>]*tests="1"[^>]*failures="0"/);
  });

  it('are red where the answer is, and where red was not asked for', () => {
    const xml = junitReporter.render(worse);
    expect(xml).toContain('<failure message="What it is."');
    expect(xml).toContain('<failure message="too late"');
  });

  it('put both sides next to each other on the terminal, and the answer below', () => {
    const lines = summaryLines(fixed, createPaint(false));
    expect(lines.find((it) => it.startsWith('verdict'))).toMatch(/^verdict +failed +passed$/);
    expect(lines.find((it) => it.startsWith('  fault'))).toMatch(/failed, 0 of 10 good +passed, 10 of 10 good$/);
    expect(lines.slice(lines.indexOf('✓ What it is.')).slice(0, 2)).toEqual(['✓ What it is.', '  Why.']);
    expect(summaryLines(worse, createPaint(false))).toContain('✗ What it is.');
  });
});
