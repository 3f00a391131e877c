import { afterEach, it } from 'vitest';
import { isActive, isReady } from '../../../src/sandbox/workloads/kinds.ts';
import type { DaemonSet, Pod } from '../../../src/sandbox/workloads/kinds.ts';
import { until } from '../../helpers/until.ts';
import { startWorkloadWorld } from '../../helpers/workload-world.ts';
import type { WorkloadWorld } from '../../helpers/workload-world.ts';

let world: WorkloadWorld;
afterEach(() => world.close());

const SET: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { hostNetwork: true, containers: [{ name: 'agent', image: 'sleep:1' }] },
    },
  },
};

/** Where the ready pods run, with their addresses. */
function nodes(): string {
  return (world.store.list('pods', 'default') as Pod[])
    .filter((pod) => isReady(pod) && isActive(pod))
    .map(({ spec, status }) => `${spec.nodeName} ${status?.podIP}`)
    .sort()
    .join(', ');
}

const EVERYWHERE = 'holdfast-control-plane 127.0.0.1, holdfast-worker 127.0.0.2, holdfast-worker2 127.0.0.3';

it('a DaemonSet has a pod on every node, with the address of the node, and replaces what is deleted', async () => {
  world = startWorkloadWorld();
  world.store.create('daemonsets.apps', SET);
  await until('a pod everywhere', () => nodes() === EVERYWHERE);
  const [first] = world.store.list('pods', 'default');
  world.store.remove('pods', 'default', first?.metadata.name ?? '');
  await until('the pod again', () => nodes() === EVERYWHERE);

  await until('its status', () => {
    const { status } = world.store.get('daemonsets.apps', 'default', 'agent') as DaemonSet & { status?: unknown };
    return JSON.stringify(status).includes('"numberReady":3');
  });
});

it('a DaemonSet follows the node selector of its template, and takes its pods along when it goes', async () => {
  world = startWorkloadWorld();
  world.store.create('daemonsets.apps', SET);
  await until('a pod everywhere', () => nodes() === EVERYWHERE);
  const template = {
    ...SET.spec.template,
    spec: { ...SET.spec.template.spec, nodeSelector: { 'kubernetes.io/hostname': 'holdfast-worker2' } },
  };
  world.store.update('daemonsets.apps', { ...SET, spec: { ...SET.spec, template } });
  await until('one pod', () => nodes() === 'holdfast-worker2 127.0.0.3');
  world.store.remove('daemonsets.apps', 'default', 'agent');
  await until('no pod', () => world.store.list('pods', 'default').length === 0);
});
