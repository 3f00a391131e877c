import { afterEach, describe, expect, it } from 'vitest';
import { experiment, nodeLoss, only, startOperatorWorld } from '../../helpers/operator-world.ts';
import type { OperatorWorld } from '../../helpers/operator-world.ts';
import type { Experiment } from '../../../src/sandbox/blade-operator/blade.ts';

let world: OperatorWorld;
afterEach(() => world.close());

const TC = { interface: 'eth0', percent: '60' };
const pods = (matchers: Readonly<Record<string, string | readonly string[]>>): Experiment =>
  experiment('pod/network/loss', { ...TC, ...matchers });
const containers = (matchers: Readonly<Record<string, string | readonly string[]>>): Experiment =>
  experiment('container/network/loss', { ...TC, ...matchers });
const HIDDEN = 'cannot find container, please confirm if the container exists';

const SITUATIONS: readonly (readonly [what: string, experiment: Experiment, v18: string, v08: string])[] = [
  [
    'an unknown scope',
    experiment('cluster/network/loss', TC),
    'can not find the scope controller for creating',
    'can not find the scope controller for creating',
  ],
  [
    'an unknown target',
    experiment('node/netwerk/loss', { names: 'holdfast-worker' }),
    '`netwerk.loss`: the handler exec not found',
    'can not find the action handler',
  ],
  [
    'an unknown action',
    experiment('node/network/lose', { names: 'holdfast-worker' }),
    '`network.lose`: the handler exec not found',
    'can not find the action handler',
  ],
  [
    'pods that are deleted in node scope',
    experiment('node/pod/delete', { names: 'holdfast-worker' }),
    '`pod.delete`: the handler exec not found',
    'can not find the action handler',
  ],
  [
    'no selector',
    experiment('node/network/loss', TC),
    'less parameter: `evict-count|evict-percent|labels|names`',
    'must specify one flag in evict-count,evict-percent,labels,names',
  ],
  [
    'an address in the place of a node name',
    nodeLoss({ names: '127.0.0.2' }),
    'invalid parameter `names`, can not find node',
    'can not find the nodes',
  ],
  [
    'labels of no node',
    experiment('node/network/loss', { ...TC, labels: 'zone=a' }),
    'invalid parameter `labels`, can not find node',
    'can not find the nodes',
  ],
  ['no such pod', pods({ names: 'nobody' }), HIDDEN, 'can not find the pods in default namespace'],
  [
    'no such pod in another namespace',
    pods({ labels: 'app=x', namespace: 'shop' }),
    HIDDEN,
    'can not find the pods in shop namespace',
  ],
  ['a pod whose containers do not run', pods({ names: 'starting' }), HIDDEN, 'pod container not found'],
  ['no selector in pod scope', pods({}), HIDDEN, 'must specify one flag in evict-count,evict-percent,labels,names'],
  [
    'no such pod in container scope, by name',
    containers({ names: 'nobody', 'container-names': 'app' }),
    'invalid parameter `names`, can not find pods',
    'can not find the pods in default namespace',
  ],
  [
    'no such pod in container scope, by label',
    containers({ labels: 'app=nobody', 'container-names': 'app' }),
    'invalid parameter `labels`, can not find pods',
    'can not find the pods in default namespace',
  ],
  [
    'no container matcher',
    containers({ names: 'ratings' }),
    'less parameter: `container-ids|container-names|container-index`',
    'must specify one flag in container-ids container-names container-index',
  ],
  [
    'no such container',
    containers({ names: 'ratings', 'container-names': 'nobody' }),
    'invalid `container-ids|container-names|container-index` parameter value: `|nobody|`. cannot find the containers',
    'container not found',
  ],
  [
    'two namespaces',
    containers({ names: 'ratings', 'container-names': 'app', namespace: ['default', 'shop'] }),
    'invalid parameter `namespace`, only one value can be specified',
    'only one namespace value can be specified',
  ],
  [
    'a count that is no number',
    nodeLoss({ 'evict-count': 'two' }),
    'illegal `evict-count` parameter value: `two`. strconv.Atoi: parsing "two": invalid syntax',
    'strconv.Atoi: parsing "two": invalid syntax',
  ],
  [
    'labels that cannot be',
    experiment('node/network/loss', { ...TC, labels: 'zone=!' }),
    'illegal `labels` parameter value: `zone=!`. illegal labels',
    'illegal labels, zone=!',
  ],
];

describe.each(['1.8', '0.8'] as const)('the operator of %s', (version) => {
  it.each(SITUATIONS)('says of %s what that release says', async (_what, wrong, v18, v08) => {
    world = startOperatorWorld(version);
    world.addPod('ratings');
    world.addPod('starting', { isRunning: false });
    const status = await world.run('wrong', wrong);

    expect(status.error).toBe(version === '1.8' ? v18 : v08);
    expect(status).toMatchObject({ success: false, state: 'Error' });
    expect(status).not.toHaveProperty('resStatuses');
    expect(world.phase('wrong')).toBe('Error');
  });

  it('names no scope, target and action when it does not know the scope', async () => {
    world = startOperatorWorld(version);
    expect(await world.run('wrong', experiment('cluster/network/loss'))).toMatchObject({
      scope: '',
      target: '',
      action: '',
    });
  });

  it.each([
    ['an unknown flag', nodeLoss({ 'evict-cpu': '1' }), 'unknown flag: --evict-cpu'],
    ['a group for a tool', pods({ names: 'ratings', 'evict-group': 'app' }), 'unknown flag: --evict-group'],
    ['a shuffle for a tool', pods({ names: 'ratings', random: 'true' }), 'unknown flag: --random'],
    ['a missing flag', nodeLoss({ interface: '' }), 'less parameter: `interface`'],
    ['a percentage that is no number', nodeLoss({ percent: 'most' }), 'illegal `percent` parameter value: `most`'],
    ['a port that is none', nodeLoss({ 'local-port': 'http' }), 'illegal `local-port` parameter value: `http`'],
    ['a timeout that is no time', nodeLoss({ timeout: 'soon' }), 'illegal `timeout` parameter value: `soon`'],
    ['a wrong interface', nodeLoss({ interface: 'ens3' }), 'RTNETLINK answers: No such file or directory'],
    [
      'a program that the tool image lacks',
      experiment('node/network/drop', { names: 'holdfast-worker', 'source-port': '80' }),
      '`iptables`: command not found',
    ],
  ])('tells %s at the target', async (_what, wrong, error) => {
    world = startOperatorWorld(version);
    world.addPod('ratings');
    const status = await world.run('wrong', wrong);

    expect(status).toMatchObject({ success: false, state: 'Error', error: 'see resStatus for the error details' });
    expect(only(status)).toMatchObject({
      success: false,
      state: 'Error',
      error: expect.stringContaining(error) as string,
    });
    expect(only(status)).not.toHaveProperty('id');
    expect(world.armed('holdfast-worker')).toBeUndefined();
  });

  it('does not say that a node has no tool pod, only what comes of it', async () => {
    world = startOperatorWorld(version);
    world.removePod('chaosblade', 'tool-holdfast-worker');
    const status = await world.run('loss', nodeLoss());

    expect(only(status)?.error).toBe('`pods/exec`: k8s exec failed, err: resource name may not be empty');
  });

  it('says that it cannot get the output of a tool pod that is not ready', async () => {
    world = startOperatorWorld(version);
    world.removePod('chaosblade', 'tool-holdfast-worker');
    world.addPod('tool-new', { namespace: 'chaosblade', labels: { app: 'chaosblade-tool' }, isRunning: false });
    const status = await world.run('loss', nodeLoss());

    expect(only(status)?.error).toBe(
      'cannot get output of pods/tool-new/exec, maybe kubelet cannot be accessed or container not found',
    );
  });
});

describe('what is new since 0.8', () => {
  it.each([
    [experiment('node/network/dns_down', { names: 'holdfast-worker' }), 'can not find the action handler'],
    [experiment('node/process/load', { names: 'holdfast-worker', process: 'x' }), 'can not find the action handler'],
  ])('is not found there', async (missing, error) => {
    world = startOperatorWorld('0.8');
    expect((await world.run('missing', missing)).error).toBe(error);
  });

  it('includes the protocol of a network fault', async () => {
    world = startOperatorWorld('0.8');
    expect(only(await world.run('loss', nodeLoss({ protocol: 'tcp' })))?.error).toBe('unknown flag: --protocol');
  });

  it('includes the refusal of a count of zero, which selected nothing in silence', async () => {
    world = startOperatorWorld('1.8');
    const error = 'illegal `evict-count` parameter value: `0`. it must be a positive integer';
    expect((await world.run('zero', nodeLoss({ 'evict-count': '0' }))).error).toBe(error);
    world.close();
    world = startOperatorWorld('0.8');
    const status = await world.run('zero', nodeLoss({ 'evict-count': '0' }));
    expect(status).toMatchObject({ success: true, state: 'Success' });
    expect(status).not.toHaveProperty('resStatuses');
  });
});
