import { expect, it } from 'vitest';
import { repeated } from '../../src/engine/rounds.ts';
import { anExperiment } from '../helpers/an-experiment.ts';

it('repeats all experiments in turns, each round under a name of its own', () => {
  const all = repeated([anExperiment({ name: 'a' }), anExperiment({ name: 'b' })], 2);
  expect(all.map((it) => it.name)).toEqual(['a (1 of 2)', 'b (1 of 2)', 'a (2 of 2)', 'b (2 of 2)']);
  expect(all[2]?.round).toEqual({ of: 'a', round: 2, rounds: 2 });
});

it('leaves experiments that run once as they are', () => {
  const once = [anExperiment()];
  expect(repeated(once, 1)).toBe(once);
});
