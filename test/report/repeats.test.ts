import { expect, it } from 'vitest';
import { jsonReporter } from '../../src/report/json/json-reporter.ts';
import { junitReporter } from '../../src/report/junit/junit-reporter.ts';
import { heldLine } from '../../src/report/repeat-lines.ts';
import { repeatedRun } from '../helpers/run-record.ts';

it('the JUnit report of repeated experiments tells in each suite which round it is, and what all add up to', () => {
  const xml = junitReporter.render(repeatedRun());
  for (const property of [
    'name="holdfast.seed" value="42"',
    'name="holdfast.round" value="2 of 2"',
    'name="holdfast.rounds" value="4 passed, 1 failed: flaky"',
    'name="holdfast.flaky" value="true"',
    'name="held.page comes" value="held in 4 of 5 runs, 95 % interval 28 .. 99 %"',
  ]) {
    expect(xml).toContain(`<property ${property}/>`);
  }
});

it('report.json has the seed, the rounds and what they add up to', () => {
  expect(JSON.parse(jsonReporter.render(repeatedRun()))).toMatchObject({
    seed: 42,
    experiments: [{ round: { of: 'ratings-delay', round: 1, rounds: 2 } }, { round: { round: 2 } }],
    repeats: [{ flaky: true, verdicts: { passed: 4, failed: 1 }, probes: [{ held: 4, decided: 5 }] }],
  });
});

it('an interval is never rounded up to certainty', () => {
  const line = (low: number, high: number) =>
    heldLine({ probe: 'a', held: 1, decided: 1, confidence: 0.95, between: [low, high] });
  expect(line(0.2, 0.99996)).toContain('20 .. 99.99 %');
  expect(line(0.29, 1)).toContain('29 .. 100 %');
  expect(heldLine({ probe: 'a', held: 0, decided: 0, confidence: 0.95, between: [0, 1] })).toBe(
    'not decided in any run',
  );
});
