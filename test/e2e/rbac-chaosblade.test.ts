import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectEnough, expectNeeded, grantRightsOf, type RightsWorld } from '../helpers/rights-world.ts';

const experiment = resolve(import.meta.dirname, '../../experiments/chaosblade/node-loss-60-percent.yaml');

/** Those whose want stops a run. */
const NEEDED = [
  'get chaosblades',
  'list chaosblades',
  'create chaosblades',
  'delete chaosblades',
  'list pods',
  'list nodes',
  'list services',
  'list virtualservices',
  'list gateways',
];
/** Those that some experiments need, or that only add a note. */
const SOMETIMES = [
  'get gateways',
  'get pods/portforward',
  'create pods/portforward',
  'get leases',
  'list leases',
  'create leases',
  'update leases',
  'delete leases',
];

let world: RightsWorld;

beforeAll(async () => {
  world = await grantRightsOf('chaosblade');
});
afterAll(async () => world.close());

describe('the rights of the part chaosblade of deploy/rbac.yaml', () => {
  it('are enough for a run, for status and for recover', async () => {
    await expectEnough(world, experiment);
  });

  it('are these and no others', () => {
    expect(world.granted.toSorted()).toEqual([...NEEDED, ...SOMETIMES].toSorted());
  });

  it.each(NEEDED)('are all needed: without %s the preflight names it and nothing is touched', async (right) => {
    await expectNeeded(world, experiment, right);
  });
});
