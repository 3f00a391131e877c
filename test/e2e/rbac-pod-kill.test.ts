import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';
import { expectEnough, expectNeeded, grantRightsOf, type RightsWorld } from '../helpers/rights-world.ts';

const experiment = resolve(import.meta.dirname, '../../experiments/pods/kill-a-ratings-pod.yaml');

/** Those whose want stops a run. */
const NEEDED = [
  'list pods',
  'delete pods',
  'get replicasets',
  'get deployments',
  'list virtualservices',
  'list gateways',
];
/** Those that some experiments need, or that only add a note. */
const SOMETIMES = [
  'list chaosblades',
  'list services',
  'list nodes',
  'get gateways',
  'get pods/portforward',
  'create pods/portforward',
  'get leases',
  'list leases',
  'create leases',
  'update leases',
  'delete leases',
  'get statefulsets',
  'get daemonsets',
  'get jobs',
  'list poddisruptionbudgets',
];

let world: RightsWorld;

beforeAll(async () => {
  world = await grantRightsOf('pod-kill');
});
afterAll(async () => world.close());

describe('the rights of the part pod-kill of deploy/rbac.yaml', () => {
  it('are enough for a run, for status and for recover', async () => {
    await expectEnough(world, experiment);
  });

  it('are less than enough for status when marks of some kind may not be listed, and status says so', async () => {
    await world.without('list chaosblades');
    const { code, stdout } = await runCommandLine(['status', ...world.flags]);
    expect(stdout).toMatch(/^not seen {2}chaosblade: .*cannot list resource "chaosblades"/m);
    expect(code).toBe(3);
  });

  it('are these and no others', () => {
    expect(world.granted.toSorted()).toEqual([...NEEDED, ...SOMETIMES].toSorted());
  });

  it.each(NEEDED)('are all needed: without %s the preflight names it and nothing is touched', async (right) => {
    await expectNeeded(world, experiment, right);
  });
});
