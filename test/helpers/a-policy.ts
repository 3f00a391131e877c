import type { Experiment } from '../../src/model/experiment.ts';
import type { FaultReach, Plan, PodReach } from '../../src/model/plan.ts';
import type { Rule } from '../../src/model/policy.ts';

/** A rule on line 1 of the config file. */
export function rule<T>(value: T): Rule<T> {
  return { value, where: 'holdfast.config.yaml:1' };
}

/** A plan with one fault for each reach, in these namespaces. */
export function planWith(
  reaches: readonly FaultReach[],
  namespaces: readonly string[] = ['default'],
  experiment: Pick<Experiment, 'name'> = { name: 'x' },
): Plan {
  return {
    experiment: experiment.name,
    context: 'test',
    ingress: 'http://127.0.0.1',
    setup: [],
    faults: reaches.map((reach, index) => ({
      fault: `fault ${index}`,
      driver: 'pod-kill',
      targets: [],
      lockKeys: [],
      changes: [],
      undoCommands: [],
      namespaces,
      reach,
    })),
    lockKeys: [],
    inFlight: [],
    duration: 60_000,
    findings: [],
  };
}

/** A reach of `take` of these pods, each `owner/number`, in owners of these sizes. */
export function pods(names: readonly string[], take: number, sizes: Readonly<Record<string, number>>): PodReach {
  const candidates = names.map((name) => ({ name, owner: name.split('/')[0] ?? '', namespace: 'default' }));
  const all = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  return { candidates, take, sizes: { ...sizes, 'Namespace default': all } };
}
