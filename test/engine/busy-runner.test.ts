import { expect, it } from 'vitest';
import type { RunnerLoad } from '../../src/model/runner-load.ts';
import { anExperiment } from '../helpers/an-experiment.ts';
import { createFakeRun } from '../helpers/run-fake.ts';

const quiet = { utilization: 0.1, longestMs: 5, heldUpMs: 0 };
const held: RunnerLoad = { overMs: 2000, main: quiet, probes: { ...quiet, longestMs: 400, heldUpMs: 900 } };

it('tells of a runner that could not keep up with a phase, with figures, and keeps them', async () => {
  const run = createFakeRun();
  const asked: RunnerLoad[] = [];
  run.fake.sampler.load = async () => {
    // Twice a phase: what was before it is thrown away. The second phase is the fault's.
    asked.push(asked.length === 3 ? held : { overMs: 2000, main: quiet, probes: quiet });
    return asked.at(-1) ?? held;
  };
  expect((await run.run(anExperiment())).verdict).toBe('passed');
  expect(run.events.filter((it) => it.type === 'note').map((it) => it.text)).toEqual([
    expect.stringMatching(
      /^fault: this machine is too busy to measure well: .* held up for 900ms, 400ms at the longest/,
    ),
  ]);
  expect(run.events.filter((it) => it.type === 'phase-ended').map((it) => it.runner?.probes.longestMs)).toEqual([
    5, 400, 5,
  ]);
});

it('goes on without figures where the sampler cannot tell', async () => {
  const run = createFakeRun();
  run.fake.sampler.load = async () => {
    throw new Error('gone');
  };
  expect((await run.run(anExperiment())).verdict).toBe('passed');
});
