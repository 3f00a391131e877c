import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExperimentFacts } from '../../src/model/facts.ts';
import { judgeExperiment } from '../../src/judge/judge-experiment.ts';
import type { Phase } from '../../src/model/phase.ts';
import type { ProbeResult } from '../../src/model/probe-result.ts';
import type { ProbeVerdict } from '../../src/model/verdict.ts';

function result(phase: Phase, verdict: ProbeVerdict): ProbeResult {
  const reasons = verdict === 'passed' ? [] : [`${phase} was ${verdict}`];
  return {
    probe: 'page',
    phase,
    verdict,
    samples: 60,
    good: 60,
    dropped: 0,
    late: 0,
    statuses: {},
    errors: {},
    reasons,
  };
}

const PROVEN = { name: 'slow', injected: true, proven: true, evidence: ['7.01s'], undone: true };

function facts(overrides: Partial<ExperimentFacts> = {}): ExperimentFacts {
  return {
    results: [result('baseline', 'passed'), result('fault', 'passed'), result('recovery', 'passed')],
    faults: [PROVEN],
    drift: [],
    recovered: { recovered: true, detail: 'after 1.2s' },
    undoErrors: [],
    ...overrides,
  };
}

const withFault = (verdict: ProbeVerdict): Partial<ExperimentFacts> => ({
  results: [result('baseline', 'passed'), result('fault', verdict), result('recovery', 'passed')],
});
const unproven = { ...PROVEN, proven: false, evidence: ['no counter moved'] };
const drift = {
  object: { apiVersion: 'v1', kind: 'VirtualService', namespace: 'default', name: 'ratings' },
  detail: 'by kubectl',
};
const stopped = {
  condition: 'nobody gets a page',
  stage: 'fault',
  afterMs: 4210,
  ofMs: 30_000,
  what: 'good requests',
  limit: '< 50%',
  seen: '10% (2 of 20)',
  window: 5000,
  at: 9000,
} as const;
const later = { name: 'later', injected: false, evidence: [] };
const expected = { verdict: 'failed', because: 'fixed by v3' } as const;

describe('the verdict on an experiment', () => {
  it.each<[string, Partial<ExperimentFacts>, string, string]>([
    ['everything shown', {}, 'passed', ''],
    ['the hypothesis broke', withFault('failed'), 'failed', 'page: fault was failed'],
    ['the fault phase decides nothing', withFault('inconclusive'), 'inconclusive', 'the fault phase does not decide'],
    [
      'nothing measured under the fault',
      { results: [result('baseline', 'passed')] },
      'inconclusive',
      'nothing was measured under',
    ],
    ['all skipped under the fault', withFault('skipped'), 'inconclusive', 'nothing was measured under the fault'],
    ['no baseline', { results: [result('fault', 'passed')] }, 'inconclusive', 'nothing was measured before the fault'],
    [
      'a baseline that fails',
      { results: [result('baseline', 'failed'), result('fault', 'failed')] },
      'inconclusive',
      'the baseline was not steady: page: baseline was failed',
    ],
    [
      'an unproven fault',
      { faults: [unproven] },
      'inconclusive',
      'fault "slow" was not shown to bite: no counter moved',
    ],
    ['proof never tried', { faults: [{ ...PROVEN, proven: undefined }] }, 'inconclusive', 'not shown to bite'],
    [
      'a fault that only its proof met',
      { faults: [PROVEN, { ...PROVEN, name: 'aside', met: false }] },
      'inconclusive',
      'fault "aside" hit no request of the fault phase',
    ],
    ['a fault that requests met', { faults: [{ ...PROVEN, met: true }] }, 'passed', ''],
    ['one of two faults unproven', { faults: [PROVEN, unproven] }, 'inconclusive', 'not shown to bite'],
    [
      'a fault not injected',
      { faults: [{ name: 'slow', injected: false, evidence: [] }] },
      'inconclusive',
      'not injected',
    ],
    ['no fault at all', { faults: [] }, 'inconclusive', 'no fault was injected'],
    [
      'drift',
      { drift: [drift] },
      'inconclusive',
      'somebody else changed VirtualService default/ratings meanwhile: by kubectl',
    ],
    ['drift and a broken hypothesis', { ...withFault('failed'), drift: [drift] }, 'inconclusive', 'somebody else'],
    [
      'no recovery',
      { recovered: { recovered: false, detail: 'not within 30s' } },
      'failed',
      'no recovery: not within 30s',
    ],
    [
      'a recovery of which nobody can tell whether it came',
      {
        results: [result('baseline', 'passed'), result('fault', 'passed'), result('recovery', 'inconclusive')],
        recovered: { recovered: false, detail: 'not within 30s' },
      },
      'inconclusive',
      'the recovery does not decide: not within 30s',
    ],
    [
      'what did not heal, though nobody can tell what users see of it',
      {
        results: [result('baseline', 'passed'), result('fault', 'passed'), result('recovery', 'inconclusive')],
        recovered: { recovered: false, unhealed: true, detail: 'no pod came back' },
      },
      'failed',
      'no recovery: no pod came back',
    ],
    ['recovery not reached', { recovered: undefined }, 'failed', 'no recovery: it was not reached'],
    [
      'recovery that fails',
      { results: [result('baseline', 'passed'), result('fault', 'passed'), result('recovery', 'failed')] },
      'failed',
      'no recovery: page: recovery was failed',
    ],
    [
      'recovery that decides nothing',
      { results: [result('baseline', 'passed'), result('fault', 'passed'), result('recovery', 'inconclusive')] },
      'inconclusive',
      'the recovery does not decide',
    ],
    [
      'an error',
      { error: { code: 'API_FORBIDDEN', message: 'no', where: 'VirtualService x' } },
      'error',
      'VirtualService x: no',
    ],
    ['a lock held', { error: { code: 'LOCKED', message: 'held' } }, 'locked', 'held'],
    ['a lock lost', { error: { code: 'LOCK_LOST', message: 'lost' } }, 'inconclusive', 'lost'],
    ['an interrupt', { interruptedBy: 'SIGINT', error: { code: 'INTERRUPTED', message: '' } }, 'interrupted', 'SIGINT'],
    [
      'an undo error over all',
      { undoErrors: ['PUT failed'], interruptedBy: 'SIGINT' },
      'rollback-failed',
      'PUT failed',
    ],
    ['a fault not undone', { faults: [{ ...PROVEN, undone: false }] }, 'rollback-failed', 'not shown to be gone'],
    [
      'an undo nobody knows of',
      { faults: [{ ...PROVEN, undone: undefined }] },
      'rollback-failed',
      'not shown to be gone',
    ],
    ['an expected failure', { ...withFault('failed'), expected }, 'known-weakness', 'expected to fail: fixed by v3'],
    [
      'an expected failure that does not recover either',
      { ...withFault('failed'), recovered: { recovered: false, detail: 'not within 30s' }, expected },
      'failed',
      'did not recover either',
    ],
    [
      'an expected failure to recover',
      { recovered: { recovered: false, detail: 'not within 30s' }, expected },
      'known-weakness',
      'expected to fail: fixed by v3',
    ],
    [
      'a stop',
      { stopped },
      'failed',
      'stopped after 4.2s of 30s by "nobody gets a page": good requests < 50%: 10% (2 of 20) in the last 5s',
    ],
    ['a stop before a later fault', { stopped, faults: [PROVEN, later] }, 'failed', 'stopped after 4.2s of 30s'],
    ['a stop that leaves a probe undecided', { ...withFault('inconclusive'), stopped }, 'failed', 'stopped after'],
    [
      'a stop before the proof',
      { stopped: { ...stopped, stage: 'proof' }, faults: [{ ...PROVEN, proven: undefined }], expected },
      'inconclusive',
      'stopped after 4.2s, before the faults were shown to bite, by',
    ],
    ['a stop with no fault in', { stopped, faults: [later] }, 'inconclusive', 'stopped after'],
    [
      'a stop in the baseline',
      { stopped: { ...stopped, stage: 'baseline' }, faults: [later], recovered: undefined },
      'inconclusive',
      'stopped 4.2s into the baseline, with nothing injected, by',
    ],
    ['a stop and drift', { stopped, drift: [drift] }, 'inconclusive', 'stopped after'],
    ['a stop and an undo error', { stopped, undoErrors: ['PUT failed'] }, 'rollback-failed', 'PUT failed'],
    ['a stop and an interrupt', { stopped, interruptedBy: 'SIGINT' }, 'interrupted', 'stopped by SIGINT'],
    ['an expected stop', { stopped, expected }, 'known-weakness', 'expected to fail: fixed by v3'],
    [
      'an expected stop without recovery',
      { stopped, expected, recovered: { recovered: false, detail: 'not within 30s' } },
      'failed',
      'did not recover either',
    ],
    ['an unexpected pass', { expected }, 'unexpected-pass', 'but the hypothesis held'],
    [
      'an expected failure without proof',
      { ...withFault('failed'), faults: [unproven], expected },
      'inconclusive',
      'slow',
    ],
  ])('with %s', (_, overrides, verdict, reason) => {
    const judged = judgeExperiment(facts(overrides));
    expect(judged.verdict).toBe(verdict);
    expect(judged.reasons.join('\n')).toContain(reason);
  });

  it('says both when the hypothesis broke under a fault that was not proven', () => {
    const { reasons } = judgeExperiment(facts({ ...withFault('failed'), faults: [unproven] }));
    expect(reasons).toHaveLength(2);
    expect(reasons[1]).toContain('not provably by the fault: page: fault was failed');
  });

  it('says both when the hypothesis broke and the system did not recover', () => {
    const recovered = { recovered: false, detail: 'not within 30s' };
    const { verdict, reasons } = judgeExperiment(facts({ ...withFault('failed'), recovered }));
    expect(verdict).toBe('failed');
    expect(reasons).toEqual(['page: fault was failed', 'no recovery: not within 30s']);
  });

  it('passes only when every single fact speaks for it', () => {
    const verdict = fc.constantFrom<ProbeVerdict>('passed', 'passed', 'passed', 'failed', 'inconclusive', 'skipped');
    const maybe = fc.constantFrom(true, true, true, false, undefined);
    const any = fc.record({
      results: fc
        .tuple(verdict, verdict, verdict)
        .map(([baseline, fault, recovery]) => [
          result('baseline', baseline),
          result('fault', fault),
          result('recovery', recovery),
        ]),
      faults: fc.array(
        fc.record({
          name: fc.constant('f'),
          injected: fc.boolean(),
          proven: maybe,
          undone: maybe,
          evidence: fc.constant([]),
        }),
        { maxLength: 2 },
      ),
      drift: fc.constantFrom([], [], [drift]),
      recovered: fc.constantFrom({ recovered: true, detail: '' }, { recovered: false, detail: '' }, undefined),
      undoErrors: fc.constantFrom([], [], ['left']),
      interruptedBy: fc.constantFrom(undefined, undefined, 'SIGTERM' as const),
      error: fc.constantFrom(undefined, undefined, { code: 'API_FAILED' as const, message: '' }),
    });
    fc.assert(
      fc.property(any, (drawn: ExperimentFacts) => {
        const [baseline, fault, recovery] = drawn.results.map((each) => each.verdict);
        const good =
          baseline === 'passed' &&
          fault === 'passed' &&
          (recovery === 'passed' || recovery === 'skipped') &&
          drawn.faults.length > 0 &&
          drawn.faults.every((each) => each.injected && each.proven === true && each.undone === true) &&
          drawn.drift.length === 0 &&
          drawn.recovered?.recovered === true &&
          drawn.undoErrors.length === 0 &&
          !drawn.interruptedBy &&
          !drawn.error;
        const judged = judgeExperiment(drawn);
        expect(judged.verdict === 'passed').toBe(good);
        expect(judged.reasons.length > 0).toBe(!good);
        expect(judgeExperiment({ ...drawn, expected }).verdict === 'unexpected-pass').toBe(good);
      }),
      { numRuns: 2000 },
    );
  });
});
