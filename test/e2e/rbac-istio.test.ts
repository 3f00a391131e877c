import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectEnough, expectNeeded, grantRightsOf, type RightsWorld } from '../helpers/rights-world.ts';

const experiment = resolve(import.meta.dirname, '../fixtures/e2e/abort/experiment.yaml');

/** Those whose want stops a run. */
const NEEDED = [
  'get virtualservices',
  'list virtualservices',
  'update virtualservices',
  'list gateways',
  'get services',
  'list pods',
  'list endpointslices',
  'get leases',
  'create leases',
  'update leases',
  'delete leases',
];
/** Those that some experiments need, or that only add a note. */
const SOMETIMES = [
  'list chaosblades',
  'create virtualservices',
  'delete virtualservices',
  'get gateways',
  'list services',
  'list nodes',
  'list destinationrules',
  'list sidecars',
  'list peerauthentications',
  'list canaries',
  'list validatingwebhookconfigurations',
  'get namespaces',
  'list namespaces',
  'get pods/proxy',
  'get pods/portforward',
  'create pods/portforward',
  'list leases',
];

let world: RightsWorld;

beforeAll(async () => {
  world = await grantRightsOf('istio');
});
afterAll(async () => world.close());

describe('the rights of the part istio of deploy/rbac.yaml', () => {
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
