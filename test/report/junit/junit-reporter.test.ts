import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { VERDICTS } from '../../../src/model/verdict.ts';
import type { RunRecord } from '../../../src/model/run-record.ts';
import { junitReporter } from '../../../src/report/junit/junit-reporter.ts';
import { COMING_BACK, experimentRecord, faultRecord, probeResult, runRecord } from '../../helpers/run-record.ts';

interface Case {
  readonly '@name': string;
  readonly '@classname': string;
  readonly '@time': string;
  readonly '@file': string;
  readonly failure?: { readonly '@message': string } | string;
  readonly error?: { readonly '@message': string; readonly '#text'?: string } | string;
  readonly skipped?: unknown;
  readonly 'system-out'?: string;
}

describe('the JUnit report', () => {
  it('shows a passed experiment as five green cases in the order of the run', () => {
    const { suite, cases } = parse(runRecord([experimentRecord()]));
    expect(cases.map((one) => one['@name'])).toEqual([
      'baseline: page comes',
      'inject: slow ratings',
      'fault: page comes',
      'rollback: slow ratings',
      'recovery: page comes',
    ]);
    expect(suite).toMatchObject({
      '@tests': '5',
      '@failures': '0',
      '@errors': '0',
      '@skipped': '0',
      '@name': 'ratings-delay',
    });
    expect(suite['@timestamp']).toBe('2026-01-02T03:04:05.250Z');
  });

  it('has the time to recover of each probe as a property', () => {
    const xml = junitReporter.render(runRecord([experimentRecord({ recovery: COMING_BACK })]));
    expect(xml).toContain('<property name="holdfast.recoveryMs.page comes" value="1400"/>');
  });

  it('calls a hypothesis broken under the fault a failure, with the reason as its message', () => {
    const broken = probeResult({
      verdict: 'failed',
      good: 0,
      reasons: ['0 of 10 requests within 3s, allowed >= 100%'],
    });
    const { suite, cases } = parse(runRecord([failedWith(broken)]));
    expect(suite['@failures']).toBe('1');
    expect(cases[2]?.failure).toMatchObject({ '@message': '0 of 10 requests within 3s, allowed >= 100%' });
  });

  it('calls an unsteady baseline an error and the cases that never ran skipped, with the reason', () => {
    const unsteady = experimentRecord({
      phases: {
        baseline: {
          startedMs: 0,
          durationMs: 2000,
          results: [probeResult({ phase: 'baseline', verdict: 'failed', reasons: ['all 503'] })],
        },
      },
      faults: [],
      verdict: 'inconclusive',
      reasons: ['the baseline was not steady: all 503'],
    });
    const { suite, cases } = parse(runRecord([unsteady]));
    expect(suite).toMatchObject({ '@errors': '1', '@skipped': '4', '@failures': '0' });
    expect(cases[1]?.['system-out']).toContain('not run: the baseline was not steady');
  });

  it('shows a known weakness as skipped with its because, and the run stays green', () => {
    const weak = failedWith(probeResult({ verdict: 'failed', reasons: ['too slow'] }), {
      verdict: 'known-weakness',
      head: { ...experimentRecord().head, expected: { verdict: 'failed', because: 'reviews waits 10 s' } },
    });
    const { suite, cases } = parse(runRecord([weak]));
    expect(suite).toMatchObject({ '@failures': '0', '@errors': '0', '@skipped': '1' });
    expect(cases[2]?.['system-out']).toContain('known weakness: reviews waits 10 s');
  });

  it('makes an unproven fault and a failed rollback errors that name the commands to clean by hand', () => {
    const dirty = experimentRecord({
      verdict: 'rollback-failed',
      reasons: ['rollback failed'],
      faults: [faultRecord({ proven: false, undone: false, manual: ['kubectl edit virtualservice ratings'] })],
    });
    const { cases } = parse(runRecord([dirty]));
    expect(cases[1]?.error).toMatchObject({ '@message': 'the fault was injected but not shown to bite' });
    expect(cases[3]?.error).toMatchObject({ '#text': expect.stringContaining('kubectl edit virtualservice ratings') });
  });

  it.each(VERDICTS.filter((verdict) => !['passed', 'known-weakness', 'skipped'].includes(verdict)))(
    'is never green for the verdict %s, whatever the cases say',
    (verdict) => {
      const { suite } = parse(runRecord([experimentRecord({ verdict, reasons: ['because'] })]));
      expect(Number(suite['@failures']) + Number(suite['@errors'])).toBeGreaterThan(0);
    },
  );

  it('stays valid XML whatever bytes reach it', () => {
    const nasty = '\u001B[31m<b>&"\' ]]> \u0000\u0007 \uFFFE é 漢 \uD83D\uDE00';
    const broken = probeResult({ verdict: 'failed', reasons: [nasty, nasty] });
    const xml = junitReporter.render(runRecord([failedWith(broken, { reasons: [nasty] })]));
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(xml).not.toContain('[31m');
  });

  it('keeps to what the Surefire schema asks of suites, cases, times and counts', () => {
    const odd = experimentRecord({ durationMs: 0.1 + 0.2, faults: [faultRecord({ timeToEffectMs: 1e-7 })] });
    const run = runRecord([odd, failedWith(probeResult({ verdict: 'failed', reasons: ['slow'] }))]);
    const root = parseXml(junitReporter.render(run));
    for (const suite of root.testsuites.testsuite) {
      expect(suite['@name']).not.toBe('');
      expect(suite['@time']).toMatch(/^\d+(\.\d{1,3})?$/);
      const cases: Case[] = suite.testcase;
      expect(suite['@tests']).toBe(String(cases.length));
      for (const kind of ['failure', 'error', 'skipped'] as const) {
        const attribute = kind === 'skipped' ? '@skipped' : `@${kind}s`;
        expect(suite[attribute]).toBe(String(cases.filter((one) => kind in one).length));
      }
      for (const one of cases) {
        expect(one['@time']).toMatch(/^\d+(\.\d{1,3})?$/);
        expect(['failure', 'error', 'skipped'].filter((kind) => kind in one).length).toBeLessThanOrEqual(1);
      }
      expect(new Set(cases.map((one) => `${one['@classname']} ${one['@name']}`)).size).toBe(cases.length);
    }
  });
});

function failedWith(result: ReturnType<typeof probeResult>, different: Parameters<typeof experimentRecord>[0] = {}) {
  const whole = experimentRecord();
  return experimentRecord({
    verdict: 'failed',
    reasons: result.reasons,
    phases: { ...whole.phases, fault: { startedMs: 0, durationMs: 5000, results: [result] } },
    ...different,
  });
}

function parse(run: RunRecord): { readonly suite: Record<string, string>; readonly cases: readonly Case[] } {
  const suite = parseXml(junitReporter.render(run)).testsuites.testsuite[0];
  return { suite, cases: suite.testcase };
}

function parseXml(xml: string) {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseAttributeValue: false,
    parseTagValue: false,
    isArray: (name) => name === 'testsuite' || name === 'testcase',
  });
  return parser.parse(xml);
}
