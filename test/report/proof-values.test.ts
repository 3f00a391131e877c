import { describe, expect, it } from 'vitest';
import { judgeExperiment } from '../../src/judge/judge-experiment.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import { finding } from '../../src/model/finding.ts';
import { type Explanation, proofOf } from '../../src/model/proof.ts';
import { jsonReporter } from '../../src/report/json/json-reporter.ts';
import { junitReporter } from '../../src/report/junit/junit-reporter.ts';
import { eventLines } from '../../src/report/terminal/event-line.ts';
import { createPaint } from '../../src/report/terminal/paint.ts';
import { experimentRecord, faultRecord, probeResult, runRecord } from '../helpers/run-record.ts';

const reasons = [
  finding('NO_SIDECAR', 'No pod has a sidecar.', undefined, 'Restart them.'),
  finding('NO_REQUESTS', 'None of 2 callers sent a request.'),
];
const found: Explanation = { reasons, looked: ['istiod'] };
const nothing: Explanation = { reasons: [], looked: ['istiod', '2 callers'] };
const against: Explanation = { ...found, contradiction: '9 requests passed and none was hit' };

const WHY = [
  'most likely: No pod has a sidecar. Restart them. (docs/findings.md#NO_SIDECAR)',
  'or: None of 2 callers sent a request. (docs/findings.md#NO_REQUESTS)',
];

/** Everything that is said of one fault with such a proof. */
function told(proven: boolean | undefined, explanation?: Explanation) {
  const fault = { ...(proven !== undefined && { proven }), ...(explanation && { explanation }), evidence: ['seen'] };
  const steady = probeResult({ phase: 'baseline' });
  const facts = {
    results: [steady],
    faults: [{ name: 'slow', injected: true, undone: true, ...fault }],
    drift: [],
    undoErrors: [],
  };
  const run = runRecord([experimentRecord({ verdict: 'inconclusive', faults: [faultRecord(fault)] })]);
  const event = { t: 0, experiment: 'x', type: 'fault-proven', fault: 'slow', ...fault } as JournalEvent;
  return {
    proof: proofOf(fault),
    judged: judgeExperiment(facts),
    json: (JSON.parse(jsonReporter.render(run)) as { experiments: { faults: object[] }[] }).experiments[0]?.faults[0],
    junit: junitReporter.render(run),
    lines: eventLines(event, createPaint(false)).map((line) => line.trim()),
  };
}

describe('a fault that was not proven', () => {
  it('is said not to be shown, with the reasons that were found, the likeliest first', () => {
    const { proof, judged, json, junit, lines } = told(false, found);
    expect(proof).toBe('not-proven');
    expect(judged).toEqual({ verdict: 'inconclusive', reasons: ['fault "slow" was not shown to bite: seen', ...WHY] });
    expect(json).toMatchObject({
      proven: false,
      proof: 'not-proven',
      explanation: { reasons: [{ code: 'NO_SIDECAR' }, {}] },
    });
    expect(junit).toContain(`not shown to bite; ${WHY[0]}`);
    expect(junit).toContain(WHY[1]);
    expect(lines).toEqual(['not proven slow (seen)', ...WHY]);
  });

  it('is said to be contradicted where something shows that it does not act', () => {
    const { proof, judged, json, junit, lines } = told(false, against);
    expect(proof).toBe('contradicted');
    expect(judged).toEqual({
      verdict: 'inconclusive',
      reasons: ['fault "slow" is in and was seen not to act: 9 requests passed and none was hit (seen)', ...WHY],
    });
    expect(json).toMatchObject({
      proof: 'contradicted',
      explanation: { contradiction: '9 requests passed and none was hit' },
    });
    expect(junit).toContain(
      `contradicted: the fault was injected and seen not to act: 9 requests passed and none was hit; ${WHY[0]}`,
    );
    expect(lines).toEqual(['contradicted slow: 9 requests passed and none was hit (seen)', ...WHY]);
  });

  it('is said to have no reason that could be seen, with what was looked at', () => {
    const { judged, lines } = told(false, nothing);
    expect(judged.reasons[1]).toBe('nothing found by looking at: istiod; 2 callers');
    expect(lines[1]).toBe('nothing found by looking at: istiod; 2 callers');
  });

  it('gets no reasons where nobody looked', () => {
    expect(told(false).judged.reasons).toEqual(['fault "slow" was not shown to bite: seen']);
    expect(told(false)).toMatchObject({ proof: 'not-proven', json: { proof: 'not-proven' } });
    expect(told(undefined).proof).toBeUndefined();
    expect(told(true)).toMatchObject({ proof: 'proven', json: { proven: true, proof: 'proven' } });
  });
});
