import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';
import { grantRightsOf, type RightsWorld } from '../helpers/rights-world.ts';

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
  'get namespaces',
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
    const { code, stderr } = await runCommandLine(['run', experiment, ...world.flags]);
    expect(code, stderr).toBe(0);
    expect(await runCommandLine(['status', ...world.flags])).toMatchObject({ code: 0 });
    expect(await runCommandLine(['recover', ...world.flags])).toMatchObject({ code: 0 });
  });

  it('are these and no others', () => {
    expect(world.granted.toSorted()).toEqual([...NEEDED, ...SOMETIMES].toSorted());
  });

  it.each(NEEDED)('are all needed: without %s the preflight names it and nothing is touched', async (right) => {
    const before = world.everything();
    await world.without(right);
    const { code, stderr } = await runCommandLine(['run', experiment, ...world.flags]);
    const [verb, resource] = right.split(' ');
    expect(stderr).toMatch(new RegExp(`(may not|cannot) ${verb} (resource ")?${resource}`));
    expect(code).toBe(3);
    expect(world.everything()).toBe(before);
  });
});
