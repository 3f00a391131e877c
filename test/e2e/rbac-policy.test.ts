import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';
import { grantRightsOf, type RightsWorld } from '../helpers/rights-world.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const experiment = resolve(import.meta.dirname, '../../experiments/pods/kill-a-ratings-pod.yaml');

let world: RightsWorld;

beforeAll(async () => {
  world = await grantRightsOf('pod-kill', 'policy');
});
afterAll(async () => world.close());

describe('the rights of the part policy of deploy/rbac.yaml', () => {
  const run = async (config: string): ReturnType<typeof runCommandLine> => {
    const file = join(tempFolder({ 'team.yaml': config }), 'team.yaml');
    return runCommandLine(['plan', experiment, ...world.flags, '--config', file]);
  };
  const labels = 'policy: {requiredLabels: {namespace: {kubernetes.io/metadata.name: default}}}\n';

  it('are enough to read the labels of namespaces, and needed: what cannot be read is refused', async () => {
    const enough = await run(labels);
    expect(enough.code, enough.stdout + enough.stderr).toBe(0);
    await world.without('get namespaces');
    const less = await run(labels);
    expect(less.stdout).toContain('the labels of namespace default cannot be read');
    expect(less.code).toBe(2);
  });

  it('are enough to look for a sweeper, and needed', async () => {
    await world.without('get namespaces');
    const args = ['run', experiment, ...world.flags, '--require-sweeper'];
    expect(await runCommandLine(args)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('SWEEPER_MISSING') as string,
    });
    await world.without('list cronjobs');
    expect(await runCommandLine(args)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('cannot list resource "cronjobs"') as string,
    });
  });
});
