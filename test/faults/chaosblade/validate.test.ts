import { describe, expect, it } from 'vitest';
import { createChaosBladeDriver } from '../../../src/faults/chaosblade/chaosblade-driver.ts';
import { CATALOGUE } from '../../../src/faults/chaosblade/catalogue.ts';
import type { ChaosBladeFaultSpec, Fault } from '../../../src/model/fault.ts';
import { bladeExperiment, bladeFault, podDelay, podDelete } from '../../helpers/blade-world.ts';

const driver = createChaosBladeDriver();

function told(fault: Fault<ChaosBladeFaultSpec>): string[] {
  return driver.validate(fault, bladeExperiment(fault)).map(({ code, message }) => `${code} ${message}`);
}

function flagged(flags: Readonly<Record<string, string>>, change: Partial<ChaosBladeFaultSpec> = {}): string[] {
  const base = { percent: '60', interface: 'eth0', 'local-port': '31966' };
  return told(bladeFault({ flags: { ...base, ...flags }, ...change }));
}

describe('a ChaosBlade fault is checked before anything is reached', () => {
  it('lets good ones through', () => {
    expect(told(bladeFault())).toEqual([]);
    expect(told(podDelay({ app: 'ratings' }))).toEqual([]);
    expect(told(podDelete({ app: 'ratings' }, { count: 1 }))).toEqual([]);
    const cpu = { target: 'cpu', action: 'load', flags: { 'cpu-percent': '80' } };
    expect(told(bladeFault(cpu))).toEqual([]);
    expect(
      told(
        bladeFault({
          scope: 'container',
          target: 'jvm',
          action: 'delay',
          flags: { 'container-names': 'app', time: '3' },
        }),
      ),
    ).toEqual(['NOT_CHECKED Fault "lossy node": the flags of jvm delay are not known here and were not checked.']);
  });

  it('names the flag that was meant by one that the tool would refuse', () => {
    expect(flagged({ 'local-prot': '80' })[0]).toMatch(/has no flag "local-prot"\. Did you mean local-port\?/);
    const kill = podDelete({ app: 'ratings' });
    expect(told({ ...kill, spec: { ...kill.spec, flags: { 'evict-cpu': '1' } } })[0]).toContain(
      'has no flag "evict-cpu"',
    );
    const random = podDelay({ app: 'ratings' });
    const { flags } = random.spec;
    expect(told({ ...random, spec: { ...random.spec, flags: { ...flags, random: 'true' } } })[0]).toContain('"random"');
  });

  it('names the target, action and scope that were meant', () => {
    expect(told(bladeFault({ target: 'netwrok' }))[0]).toContain('Did you mean network?');
    expect(told(bladeFault({ action: 'los' }))[0]).toContain('network has no action "los". Did you mean loss?');
    expect(told(bladeFault({ target: 'pod', action: 'delete', flags: {} }))[0]).toContain('exists in scope pod');
    expect(told(bladeFault({ target: 'constructor' }))[0]).toContain('there is no target');
  });

  it('misses what is required', () => {
    const reorder = { action: 'reorder', flags: { percent: '50', interface: 'eth0', 'local-port': '80' } };
    expect(told(bladeFault(reorder))).toEqual([
      'FAULT_INVALID Fault "lossy node": network reorder needs the flag correlation.',
    ]);
    expect(told(bladeFault({ flags: { percent: '60', 'local-port': '80' } }))[0]).toContain('needs the flag interface');
    expect(told(bladeFault({ action: 'drop', flags: {} }))[0]).toContain('needs one of source-ip');
    const container = { scope: 'container' as const, target: 'container', action: 'rm', flags: {} };
    expect(told(bladeFault(container))[0]).toContain('needs one of container-ids, container-names, container-index');
  });

  it.each([
    ['percent', '160'],
    ['percent', '0.5'],
    ['local-port', '80,99999'],
    ['local-port', '9000-8000'],
    ['destination-ip', 'ratings'],
    ['destination-ip', '10.0.0.300'],
    ['protocol', 'http'],
    ['force', 'yes'],
    ['exclude-ip', ''],
  ])('refuses %s: %j', (name, value) => {
    expect(flagged({ [name]: value })[0]).toContain(`flag ${name} is`);
  });

  it('refuses a selection that may hit anything, or nothing', () => {
    expect(told(bladeFault({ select: { count: 1 } }))[0]).toContain('may hit anything');
    expect(told(bladeFault({ select: {} }))[0]).toContain('selects nothing');
    expect(told(bladeFault({ select: { names: ['a', 'a'] } }))[0]).toContain('given twice');
  });

  it('refuses evict-group on nodes, which the operator calls a success without doing anything', () => {
    expect(flagged({ 'evict-group': 'zone' })).toEqual([
      'FAULT_INVALID Fault "lossy node": evict-group selects no node at all, and the operator calls that a success.',
    ]);
  });

  it('warns of a namespace on nodes and of force', () => {
    expect(told(bladeFault({ select: { names: ['worker-1'], namespace: 'default' } }))[0]).toMatch(
      /^NAMESPACE_IGNORED/,
    );
    expect(flagged({ force: 'true' })[0]).toMatch(/^FORCES_DEVICE/);
  });

  it('refuses to cut off a whole node unless that is said', () => {
    const flags = { percent: '60', interface: 'eth0', 'exclude-port': '22' };
    expect(told(bladeFault({ flags }))[0]).toMatch(/^WHOLE_NODE .*kubelet/);
    expect(told(bladeFault({ flags, allowWholeNode: true }))).toEqual([]);
    expect(told(bladeFault({ flags, scope: 'pod' }))).toEqual([]);
  });

  it('refuses a timeout that would end the fault before its phase', () => {
    expect(told(bladeFault({ timeout: 2000 }))[0]).toMatch(/^TIMEOUT_SHORT/);
    expect(told(bladeFault({ timeout: 60_000 }))).toEqual([]);
  });

  it('knows every action in at least one scope', () => {
    const actions = Object.values(CATALOGUE).flatMap((target) => Object.values(target));
    expect(actions.every(({ scopes }) => scopes.length > 0)).toBe(true);
  });
});

describe('the title of a ChaosBlade fault', () => {
  it.each([
    [bladeFault(), '60% network loss on node worker-1 (eth0, local port 31966)'],
    [podDelay({ app: 'ratings' }), '3s network delay on pods with app=ratings (eth0)'],
    [podDelete({ app: 'reviews' }, { count: 1 }), 'delete on 1 of pods with app=reviews'],
    [bladeFault({ target: 'cpu', action: 'fullload', flags: {} }), 'cpu fullload on node worker-1'],
  ])('%#', (fault, title) => {
    expect(driver.title(fault)).toBe(title);
  });
});
