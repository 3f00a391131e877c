import { describe, expect, it } from 'vitest';
import { askedOf } from '../../src/model/asked.ts';
import type { Experiment } from '../../src/model/experiment.ts';
import type { HypothesisProbe } from '../../src/model/hypothesis.ts';
import { pathText } from '../../src/model/place.ts';
import { objectionsTo } from '../../src/review/objections.ts';
import { aFault, anExperiment, aProbe } from '../helpers/an-experiment.ts';
import { limit, newRequest } from '../helpers/probes.ts';

const recorded = probed({
  expect: { status: [{ kind: 'exact', status: 200 }], body: body('Reviewer1') },
  underFault: { headers: { 'x-from': { kind: 'present', present: true } } },
  during: ['baseline', 'fault'],
});

describe('a journal can answer', () => {
  it.each<[string, Partial<HypothesisProbe>]>([
    ['the file of the run', {}],
    [
      'other limits on status, time and shares',
      {
        expect: {
          ...recorded.hypothesis[0]!.expect,
          status: [{ kind: 'class', digit: 5 }],
          within: 10,
          good: limit('>=', 0.9),
        },
      },
    ],
    ['a file that expects nothing of body and headers any more', { expect: {}, underFault: {} }],
    ['a probe that takes part in fewer phases', { during: ['fault'] }],
  ])('%s', (_, change) => {
    expect(objections(probed({ ...recorded.hypothesis[0], ...change }))).toEqual([]);
  });

  it('a file with fewer probes', () => {
    const two = anExperiment({ hypothesis: [aProbe(), aProbe({ name: 'other' })] });
    expect(objections(anExperiment({ hypothesis: [aProbe()] }), two)).toEqual([]);
  });
});

describe('a journal cannot answer, and says at which place of the file', () => {
  it.each<[string, string, string, Partial<HypothesisProbe>]>([
    ['for another request', 'probe "page" sent another request', 'http', { http: newRequest({ path: '/other' }) }],
    [
      'for another pace',
      'probe "page" sent at another pace',
      'rate',
      { pacing: { kind: 'closed', concurrency: 1, requests: 9 } },
    ],
    [
      'for a phase that was not asked',
      'was not asked in the recovery phase',
      'during',
      { during: ['fault', 'recovery'] },
    ],
    ['for a probe it does not know', 'the run had no probe "new"', 'name', { name: 'new' }],
    [
      'another body',
      'what is expected of the body of probe "page" is not what was checked',
      'expect.body',
      { expect: { body: body('Reviewer2') } },
    ],
    [
      'a body that was not looked at under the fault',
      'the body of probe "page"',
      'underFault.expect.body',
      { underFault: { body: body('sorry') } },
    ],
    [
      'other headers',
      'of the headers of probe "page"',
      'underFault.expect.headers',
      { underFault: { headers: { 'x-from': { kind: 'present', present: false } } } },
    ],
  ])('%s', (_, message, key, change) => {
    const [found, ...more] = objections(probed({ ...recorded.hypothesis[0], ...change }));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ severity: 'error', message: expect.stringContaining(message) as string });
    expect(pathText(found?.path ?? [])).toBe(`spec.hypothesis[0].${key}`);
  });

  it('for another session, ingress or fault', () => {
    const session = (user: string): Partial<Experiment> => ({ sessions: { jason: { headers: { 'x-user': user } } } });
    const withSession = probed({ http: newRequest({ session: 'jason' }) });
    expect(messages({ ...withSession, ...session('b') }, { ...withSession, ...session('a') })).toEqual([
      'probe "page" had another session',
    ]);
    expect(messages(anExperiment({ ingress: { url: 'http://other' } }))).toEqual(['the ingress is another one']);
    const slower = aFault({ spec: { ...aFault().spec, abort: { httpStatus: 503, percentage: 100 } } });
    expect(messages(anExperiment({ faults: [slower] }))).toEqual(['fault "broken" was another']);
    expect(messages(anExperiment({ faults: [aFault({ name: 'b' })] }))).toEqual([
      'the run had no fault "b"',
      'the run was made under the fault "broken" too',
    ]);
  });

  it('about what is masked in it', () => {
    const cookie = (value: string) => probed({ expect: { headers: { 'set-cookie': { kind: 'contains', value } } } });
    expect(messages(cookie('sid='), cookie('sid='))).toEqual([
      'what is expected of the headers of probe "page" is masked in the journal, so nobody can tell whether it is the same',
    ]);
  });

  it('only in part when phases were shorter', () => {
    const longer = { baseline: 1000, fault: 9000, recovery: { within: 5000, stable: 1000 } };
    expect(objections(anExperiment({ phases: longer }), anExperiment())).toMatchObject([
      { severity: 'warning', message: 'the fault phase of the run was to last 2s, not 9s' },
    ]);
  });
});

function probed(change: Partial<HypothesisProbe>): Experiment {
  return anExperiment({ hypothesis: [aProbe({ underFault: {}, ...change })] });
}

function body(text: string) {
  return { contains: [text], excludes: [], matches: [], json: {} };
}

function objections(experiment: Experiment, ran = recorded) {
  return objectionsTo({ recorded: askedOf(ran), phases: ran.phases, now: askedOf(experiment), experiment });
}

function messages(experiment: Experiment, ran = anExperiment()): readonly string[] {
  return objections(experiment, ran).map(({ message }) => message);
}
