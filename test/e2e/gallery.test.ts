import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../helpers/command-line.ts';
import { grantRightsOf, type RightsWorld } from '../helpers/rights-world.ts';
import type { TestSandbox } from '../helpers/start-sandbox.ts';

const gallery = resolve(import.meta.dirname, '../../experiments');

/** Which files run one after another in a world of their own: about as long in each. */
const LANES = [
  ['chaosblade/node-loss-60-percent', 'pods/kill-a-ratings-pod'],
  ['chaosblade/reviews-v2-loss', 'pods/kill-all-reviews-v2', 'bookinfo/productpage-503-stopped'],
  ['chaosblade/ratings-packets-late', 'pods/kill-productpage', 'pods/kill-reviews-while-ratings-slow'],
] as const;

interface Told {
  readonly name: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
}
interface Lane {
  readonly world: RightsWorld;
  readonly before: unknown;
  readonly after: unknown;
  readonly code: number | null;
  readonly told: readonly Told[];
}

let lanes: readonly Lane[];

beforeAll(async () => {
  lanes = await Promise.all(LANES.map(runLane));
}, 120_000);
afterAll(async () => Promise.all(lanes.map(async ({ world }) => world.close())));

/** As the service account of `deploy/rbac.yaml`, with the rights it grants and no others. */
async function runLane(files: readonly string[]): Promise<Lane> {
  const world = await grantRightsOf('istio', 'chaosblade', 'pod-kill');
  const { sandbox } = world;
  const before = shapeOf(sandbox);
  const paths = files.map((file) => join(gallery, `${file}.yaml`));
  const { code, folder } = await runCommandLine(['run', ...paths, ...world.flags]);
  const report = JSON.parse(await readFile(join(folder, 'reports/report.json'), 'utf8')) as {
    readonly experiments: readonly Told[];
  };
  return { world, before, after: shapeOf(sandbox), code, told: report.experiments };
}

/** What a run must give back: rules byte for byte, no ChaosBlade resource and no lock, and every pod ready. */
function shapeOf({ store }: TestSandbox): unknown {
  const rules = store.list('virtualservices.networking.istio.io', 'default').map(({ metadata, ...rest }) => {
    const { name, labels, annotations } = metadata;
    return JSON.stringify([name, labels, annotations, rest]);
  });
  const deployments = store.list('deployments.apps', 'default').map((deployment) => {
    const { readyReplicas } = deployment['status'] as { readonly readyReplicas?: number };
    return JSON.stringify([deployment.metadata.name, deployment['spec'], readyReplicas]);
  });
  return {
    rules: rules.toSorted(),
    deployments: deployments.toSorted(),
    blades: store.list('chaosblades.chaosblade.io').map(({ metadata }) => metadata.name),
    locks: store.list('leases.coordination.k8s.io', 'default').map(({ metadata }) => metadata.name),
    pods: store.list('pods', 'default').length,
  };
}

describe('the gallery of faults below HTTP, and of a stop, with the rights of deploy/rbac.yaml', () => {
  it.each([
    ['node-loss-60-percent', 'passed'],
    ['ratings-packets-late', 'passed'],
    ['reviews-v2-loss', 'known-weakness'],
    ['kill-a-ratings-pod', 'passed'],
    ['kill-all-reviews-v2', 'passed'],
    ['kill-productpage', 'known-weakness'],
    ['kill-reviews-while-ratings-slow', 'passed'],
    ['productpage-503-stopped', 'known-weakness'],
  ])('%s is %s', (name, verdict) => {
    const told = lanes.flatMap((lane) => lane.told).find((it) => it.name === name);
    expect(told?.verdict, told?.reasons.join('\n')).toBe(verdict);
  });

  it('is green as a whole, and leaves each cluster as it was', () => {
    for (const { code, before, after } of lanes) {
      expect(code).toBe(0);
      expect(after).toEqual(before);
    }
  });
});
