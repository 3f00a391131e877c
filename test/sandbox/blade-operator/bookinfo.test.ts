import { afterEach, describe, expect, it } from 'vitest';
import type { Blade, Experiment } from '../../../src/sandbox/blade-operator/blade.ts';
import { isActive, isReady } from '../../../src/sandbox/workloads/kinds.ts';
import type { Pod } from '../../../src/sandbox/workloads/kinds.ts';
import { httpGet } from '../../helpers/http-get.ts';
import { BLADES, experiment } from '../../helpers/operator-world.ts';
import { startTestSandbox } from '../../helpers/start-sandbox.ts';
import type { TestSandbox } from '../../helpers/start-sandbox.ts';
import { until } from '../../helpers/until.ts';

let sandbox: TestSandbox;
afterEach(() => sandbox.close());

async function inject(name: string, one: Experiment): Promise<Blade> {
  const metadata = { name };
  const spec = { experiments: [one] };
  sandbox.store.create(BLADES, { apiVersion: 'chaosblade.io/v1alpha1', kind: 'ChaosBlade', metadata, spec });
  return until(`${name} to run`, () => {
    const blade = sandbox.store.get(BLADES, undefined, name) as Blade | undefined;
    return blade?.status?.phase === 'Running' && blade;
  });
}

function ratingsPods(): Pod[] {
  const pods = sandbox.store.list('pods', 'default') as Pod[];
  return pods.filter((pod) => pod.metadata.labels?.['app'] === 'ratings' && isActive(pod));
}

async function ratingsTook(): Promise<number> {
  return (await httpGet(`${sandbox.ingressUrl}/api/v1/products/0/ratings`)).tookMs;
}

describe('a blade in Bookinfo', () => {
  it('delays what a pod sends for as long as it is there', async () => {
    sandbox = await startTestSandbox();
    const matchers = { namespace: 'default', labels: 'app=ratings', interface: 'eth0', time: '1200' };
    const blade = await inject('slow', experiment('pod/network/delay', matchers));
    const [pod] = ratingsPods();

    expect(blade.status?.expStatuses?.[0]?.resStatuses?.[0]?.identifier).toMatch(
      new RegExp(`^default/${pod?.spec.nodeName}/${pod?.metadata.name}/ratings/[0-9a-f]{64}/containerd$`),
    );
    expect(await ratingsTook()).toBeGreaterThanOrEqual(1150);
    sandbox.store.remove(BLADES, undefined, 'slow');
    await until('the blade to be gone', () => sandbox.store.get(BLADES, undefined, 'slow') === undefined);
    await until('ratings to be quick again', async () => (await ratingsTook()) < 1000);
  });

  it('kills a pod, which its Deployment replaces', async () => {
    sandbox = await startTestSandbox();
    const [before] = ratingsPods();
    await inject('kill', experiment('pod/pod/delete', { labels: 'app=ratings', 'evict-count': '1' }));
    const after = await until('another pod', () => ratingsPods().find((pod) => isReady(pod)));

    expect(after.metadata.uid).not.toBe(before?.metadata.uid);
  });
});
