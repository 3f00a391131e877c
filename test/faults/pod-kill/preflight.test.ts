import { describe, expect, it } from 'vitest';
import { anExperiment } from '../../helpers/an-experiment.ts';
import { createPodKillDriver } from '../../../src/faults/pod-kill/pod-kill-driver.ts';
import type { PodKillFaultSpec } from '../../../src/model/fault.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import type { FakeClusterOptions } from '../../helpers/fake-cluster.ts';
import { aDeployment, anOwner, aPod, kill, killWorld, named, ownedBy } from '../../helpers/kill-world.ts';

const reviews = [...aDeployment('reviews', 3), ...aDeployment('ratings', 1)];
const all = { kind: 'all' } as const;

async function findings(
  spec: Partial<PodKillFaultSpec>,
  objects: readonly KubernetesObject[] = reviews,
  options: FakeClusterOptions = {},
): Promise<readonly string[]> {
  const { ready } = await killWorld(objects, kill(spec), options);
  return ready.findings.map(({ code, message }) => `${code}: ${message}`);
}

describe('the plan of a kill', () => {
  it('names the pods, their owner, what it has left, the seed, and locks the owner', async () => {
    const { ready, cluster } = await killWorld(reviews, kill());
    expect(ready.findings).toEqual([]);
    expect(ready.plan.targets).toEqual([
      expect.stringMatching(
        /^Pod default\/reviews-rs-\d \(1 of 3 ready replicas of Deployment default\/reviews\), drawn with seed 1$/,
      ),
    ]);
    expect(ready.plan.lockKeys).toEqual(['pods:default/reviews']);
    expect(ready.plan.changes).toMatchObject([{ verb: 'delete', object: { kind: 'Pod', namespace: 'default' } }]);
    expect(ready.plan.undoCommands).toEqual([]);
    expect(cluster.writes).toEqual([]);
  });

  it('is the same as often as one run makes it, also where the seed is drawn', async () => {
    const plans = await Promise.all(
      ['r1', 'r1', 'r2'].map(async (run) => (await killWorld(reviews, kill({ seed: undefined }), {}, run)).ready.plan),
    );
    expect(plans[0]).toEqual(plans[1]);
    expect(plans[0]?.targets[0]).toMatch(/drawn with seed \d+$/);
    expect(plans[0]?.targets).not.toEqual(plans[2]?.targets);
  });

  it('leaves out pods that are terminating or do not run', async () => {
    const [deployment, set, ...pods] = aDeployment('reviews', 3);
    const leaving = { ...pods[0]!, metadata: { ...pods[0]!.metadata, finalizers: ['x/y'] } };
    const starting = { ...pods[1]!, status: { phase: 'Pending' } };
    const world = [deployment!, set!, leaving, starting, pods[2]!];
    const gone = await killWorld(world, kill({ take: all, allowAllReplicas: true }));
    gone.cluster.drop('Pod', { namespace: 'default', name: leaving.metadata.name });
    const experiment = anExperiment();
    const { plan } = await gone.driver.preflight('r1', gone.ready.fault, experiment, gone.context);
    expect(plan.targets).toEqual([expect.stringContaining('reviews-rs-2')]);
  });

  it('knows the pods of StatefulSets and DaemonSets, too', async () => {
    const daemons = { ...anOwner('DaemonSet', 'agent', {}), status: { desiredNumberScheduled: 2 } };
    const world = [
      anOwner('StatefulSet', 'db', { replicas: 1 }),
      aPod('db-0', { app: 'reviews' }, ownedBy('StatefulSet', 'db')),
      daemons,
      aPod('agent-0', { app: 'reviews' }, ownedBy('DaemonSet', 'agent')),
    ];
    const { ready } = await killWorld(world, kill({ take: all, allowAllReplicas: true }));
    expect(ready.plan.lockKeys).toEqual(['pods:default/agent', 'pods:default/db']);
    expect(ready.findings.map(({ message }) => message)).toEqual([
      'DaemonSet default/agent has 1 of 2 replicas ready before anything is killed.',
    ]);
  });
});

describe('a kill is refused', () => {
  it.each<[string, Partial<PodKillFaultSpec>, RegExp]>([
    ['when nothing has the labels', { select: { kind: 'labels', labels: { app: 'x' } } }, /^NO_POD: No running pod/],
    ['when a named pod is not there', { select: named('reviews-rs-7') }, /^NO_POD: There is no pod reviews-rs-7/],
    ['when its share is less than a pod', { take: { kind: 'percent', percent: 33 } }, /^SHARE_TOO_SMALL: 33% of 3/],
    [
      'when it takes every ready replica',
      { take: all },
      /^ALL_REPLICAS: Deployment default\/reviews would lose all of its 3/,
    ],
    [
      'when it takes the only replica',
      { select: { kind: 'labels', labels: { app: 'ratings' } } },
      /^ALL_REPLICAS: Deployment default\/ratings would lose its only ready replica/,
    ],
  ])('%s', async (_what, spec, message) => {
    expect(await findings(spec)).toEqual([expect.stringMatching(message) as string]);
  });

  it('when it takes the last ready replica, though others run that are not ready', async () => {
    const unready = { ...aPod('reviews-rs-9', { app: 'other' }, ownedBy('ReplicaSet', 'reviews-rs')), status: {} };
    const found = await findings({}, [...aDeployment('reviews', 1), unready]);
    expect(found).toEqual([expect.stringContaining('ALL_REPLICAS')]);
  });

  it('when nothing would replace the pod, unless it is named and that is allowed', async () => {
    const bare = [aPod('lonely', { app: 'reviews' })];
    expect(await findings({}, bare)).toEqual([
      expect.stringContaining('BARE_POD: No controller would replace pod lonely'),
    ]);
    expect(await findings({ select: named('lonely') }, bare)).toHaveLength(1);
    expect(await findings({ select: named('lonely'), allowBare: true }, bare)).toEqual([]);
    const orphan = [aPod('orphan', { app: 'reviews' }, ownedBy('ReplicaSet', 'long-gone'))];
    expect(await findings({}, orphan)).toEqual([expect.stringContaining('BARE_POD')]);
  });

  it.each([
    ['list pods', 'list', 'pods'],
    ['delete pods', 'delete', 'pods'],
    ['get replicasets.apps', 'get', 'replicasets'],
    ['get deployments.apps', 'get', 'deployments'],
  ])('when this identity may not %s', async (right, verb, resource) => {
    const found = await findings({}, reviews, { allowed: (it) => it.verb !== verb || it.resource !== resource });
    expect(found).toEqual([`NO_RIGHTS: This identity may not ${right} in namespace default.`]);
  });
});

describe('a kill is warned of', () => {
  it('when fewer pods run than are to be killed', async () => {
    const found = await findings({ take: { kind: 'count', count: 5 }, allowAllReplicas: true });
    expect(found).toEqual(['FEWER_PODS: 5 pods are to be killed and only 3 run.']);
  });

  it('when a finalizer will hold a pod back', async () => {
    const world = reviews.map((it) =>
      it.kind === 'Pod' ? { ...it, metadata: { ...it.metadata, finalizers: ['example.com/hold'] } } : it,
    );
    expect(await findings({}, world)).toEqual([expect.stringContaining('has finalizer example.com/hold')]);
  });

  it('when a disruption budget would not allow an eviction', async () => {
    const budget = (name: string, allowed: number, selector: object | undefined): KubernetesObject => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace: 'default' },
      spec: { selector },
      status: { disruptionsAllowed: allowed },
    });
    const budgets = [
      budget('tight', 0, { matchLabels: { app: 'reviews' } }),
      budget('loose', 1, { matchLabels: { app: 'reviews' } }),
      budget('other', 0, { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['reviews'] }] }),
      budget('for nobody', 0, undefined),
    ];
    expect(await findings({}, [...reviews, ...budgets])).toEqual([
      expect.stringContaining('PodDisruptionBudget tight allows 0 disruptions now and 1 of its pods'),
    ]);
  });
});

describe('a kill in a file', () => {
  const driver = createPodKillDriver();
  const troubles = (spec: Partial<PodKillFaultSpec>) =>
    driver.validate(kill(spec), anExperiment()).map((it) => it.message);

  it('is refused when it contradicts itself', () => {
    expect(troubles({ every: 2000 })).toEqual([expect.stringContaining('no second round')]);
    expect(troubles({ allowBare: true })).toEqual([expect.stringContaining('bare pods have to be named')]);
    expect(troubles({ select: named('a'), take: { kind: 'count', count: 2 } })).toEqual([
      expect.stringContaining('2 of 1 pods'),
    ]);
    expect(troubles({ every: 1000 })).toEqual([]);
  });

  it('has a title that says what it does', () => {
    expect(driver.title(kill({ every: 10_000 }))).toBe('kill 1 of the pods with app=reviews every 10s');
    expect(driver.title(kill({ select: named('a', 'b'), take: all, gracePeriod: 0 }))).toBe(
      'kill all of the pods a, b with 0s of grace',
    );
    expect(driver.title(kill({ take: { kind: 'percent', percent: 50 } }))).toBe(
      'kill 50% of the pods with app=reviews',
    );
  });
});
