import { describe, expect, it } from 'vitest';
import { createChaosBladeDriver } from '../../../src/faults/chaosblade/chaosblade-driver.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../../src/model/fault.ts';
import type { KubernetesObject } from '../../../src/model/kubernetes.ts';
import { bladeExperiment, bladeFault, operatorPods, podDelay, podOn, workloads } from '../../helpers/blade-world.ts';
import { driverContext } from '../../helpers/driver-context.ts';
import { createFakeCluster } from '../../helpers/fake-cluster.ts';

async function look(fault: Fault<ChaosBladeFaultSpec>, change: (object: KubernetesObject) => KubernetesObject) {
  const cluster = createFakeCluster([...workloads, ...operatorPods()].map(change));
  const { findings } = await createChaosBladeDriver().preflight(
    'r1',
    fault,
    bladeExperiment(fault),
    driverContext(cluster),
  );
  return findings.map(({ code, severity }) => `${severity} ${code}`);
}

const same = (object: KubernetesObject) => object;
const ratings = { app: 'ratings' };
const withLiveness = (probe: object) => (object: KubernetesObject) => {
  if (object.metadata.name !== 'ratings-v1-abc') return object;
  const ports = [{ name: 'http', containerPort: 9080 }];
  return { ...object, spec: { nodeName: 'worker-1', containers: [{ name: 'app', ports, livenessProbe: probe }] } };
};
const proxyFirst = (object: KubernetesObject) =>
  object.metadata.name === 'ratings-v1-abc'
    ? podOn('worker-1', 'default', 'ratings-v1-abc', ratings, {
        owner: 'ratings-v1',
        status: {
          containerStatuses: ['istio-proxy', 'app'].map((name) => ({
            name,
            state: { running: {} },
            containerID: `containerd://${name}`,
          })),
        },
      })
    : object;
const unready = (object: KubernetesObject) =>
  object.metadata.name === 'worker-1' && object.kind === 'Node'
    ? { ...object, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }
    : object;
const cpu = bladeFault({
  scope: 'pod',
  target: 'cpu',
  action: 'fullload',
  select: { labels: ratings },
  flags: { 'cpu-percent': '80' },
});

describe('what a ChaosBlade fault does beside what is meant', () => {
  it('is told when a network fault hits the liveness probe of the pod, by number or by name of the port', async () => {
    for (const probe of [{ httpGet: { port: 9080 } }, { tcpSocket: { port: 'http' } }, { grpc: { port: 9080 } }]) {
      expect(await look(podDelay(ratings), withLiveness(probe))).toContain('warning LIVENESS_AT_RISK');
    }
  });

  it('is not told where the fault is narrowed to other ports, the probe runs a command, or there is none', async () => {
    const probe = withLiveness({ httpGet: { port: 9080 } });
    const { spec, ...fault } = podDelay(ratings);
    const narrowed = (flag: string, value: string) => ({
      ...fault,
      spec: { ...spec, flags: { ...spec.flags, [flag]: value } },
    });
    for (const one of [
      narrowed('local-port', '80,8000-8080'),
      narrowed('remote-port', '9080'),
      narrowed('destination-ip', '10.0.0.1'),
    ]) {
      expect(await look(one, probe)).not.toContain('warning LIVENESS_AT_RISK');
    }
    expect(await look(narrowed('local-port', '9000-9100'), probe)).toContain('warning LIVENESS_AT_RISK');
    expect(await look(podDelay(ratings), withLiveness({ exec: { command: ['true'] } }))).not.toContain(
      'warning LIVENESS_AT_RISK',
    );
    expect(await look(podDelay(ratings), same)).not.toContain('warning LIVENESS_AT_RISK');
  });

  it('is told when the operator would load the proxy instead of the application', async () => {
    expect(await look(cpu, proxyFirst)).toContain('warning HITS_PROXY');
    expect(await look(cpu, same)).not.toContain('warning HITS_PROXY');
    expect(await look(podDelay(ratings), proxyFirst)).not.toContain('warning HITS_PROXY');
  });

  it('is told when the tool image lacks a program that the action needs', async () => {
    const drop = bladeFault({
      scope: 'pod',
      action: 'drop',
      select: { labels: ratings },
      flags: { 'source-port': '9080' },
    });
    expect(await look(drop, same)).toContain('warning TOOL_LACKS_IPTABLES');
    expect(await look(bladeFault(), same)).not.toContain('warning TOOL_LACKS_IPTABLES');
  });

  it('is told when the node is not ready already', async () => {
    expect(await look(bladeFault(), unready)).toContain('warning NODE_NOT_READY');
    expect(await look(bladeFault(), same)).not.toContain('warning NODE_NOT_READY');
  });
});
