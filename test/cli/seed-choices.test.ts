import { expect, it } from 'vitest';
import { drawSeed, withSeed } from '../../src/cli/seed-choices.ts';
import { anExperiment } from '../helpers/an-experiment.ts';
import { kill } from '../helpers/kill-world.ts';

const seedsOf = (run: number, ...names: readonly string[]) =>
  withSeed(
    names.map((name) => anExperiment({ name, faults: [kill({ seed: undefined })] })),
    run,
  ).map(({ faults: [fault] }) => (fault?.spec.driver === 'pod-kill' ? fault.spec.seed : undefined));

it('draws the same for the same seed of the run, and others in each round', () => {
  expect(seedsOf(1, 'a (1 of 2)', 'a (2 of 2)')).toEqual(seedsOf(1, 'a (1 of 2)', 'a (2 of 2)'));
  expect(new Set([...seedsOf(1, 'a (1 of 2)', 'a (2 of 2)'), ...seedsOf(2, 'a (1 of 2)')]).size).toBe(3);
});

it('leaves a seed that the file names', () => {
  const [experiment] = withSeed([anExperiment({ faults: [kill({ seed: 7 })] })], 1);
  expect(experiment?.faults[0]?.spec).toMatchObject({ seed: 7 });
});

it('draws a seed that can be typed', () => {
  expect(String(drawSeed())).toMatch(/^\d{1,9}$/);
});
