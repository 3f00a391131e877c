import type { ChaosBladeFaultSpec } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { podReach } from '../pod-reach.ts';
import { isTerminating } from '../pods.ts';
import type { Operator } from './operator.ts';
import { containerNames, isRunning, nodeOf } from './pods.ts';
import { hasLabels, limited, type Resolution, withEmpty } from './resolve.ts';
import { isOlder } from './version.ts';

/** The pods of a namespace that a fault selects. */
export function resolvePods(
  spec: ChaosBladeFaultSpec,
  namespace: string,
  all: readonly KubernetesObject[],
  operator: Operator | undefined,
): Resolution {
  const { names, labels } = spec.select;
  const chosen = names?.map((name) => all.find(({ metadata }) => metadata.name === name)) ?? all;
  const found = chosen.filter((pod) => pod !== undefined);
  const anyLabel = names !== undefined && !isOlder(operator?.version, '1.7');
  const matching = found.filter((pod) => hasLabels(pod, labels, anyLabel));
  // Before 1.8 pods on their way out were taken too; those are not waited for here but left to fail the injection.
  const fit = matching.filter((pod) => isRunning(pod) && !isTerminating(pod));
  const candidates = fit.map(({ metadata, ...pod }) => ({
    kind: 'pod' as const,
    name: metadata.name,
    namespace,
    node: nodeOf({ metadata, ...pod }),
    uid: metadata.uid ?? '',
  }));
  const findings = [
    ...unknownPods(names ?? [], namespace, all),
    ...unfitPods(matching, fit, names !== undefined),
    ...unknownContainers(spec, fit),
  ];
  if (names === undefined && matching.length === 0) findings.push(noneLabelled(spec, namespace, all));
  const { expected } = limited(candidates, spec.select);
  const hit = fit.filter(({ metadata }) => expected.candidates.some(({ name }) => name === metadata.name));
  return {
    expected,
    pods: fit,
    reach: podReach(hit, expected.take, all),
    findings: withEmpty(findings, fit.length, spec.select),
  };
}

function unknownPods(names: readonly string[], namespace: string, all: readonly KubernetesObject[]): Finding[] {
  const known = all.map(({ metadata }) => metadata.name);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestName(name, known) ?? known.find((it) => it.startsWith(`${name}-`));
      const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
      const hint = 'Names of pods change with each start; labels do not.';
      return finding('NO_POD', `There is no pod ${namespace}/${name}.${meant}`, `Pod ${namespace}/${name}`, hint);
    });
}

function noneLabelled({ select }: ChaosBladeFaultSpec, namespace: string, all: readonly KubernetesObject[]): Finding {
  const pairs = Object.entries(select.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const message = `No pod in namespace ${namespace} has the labels ${pairs.join(', ')}.`;
  const hint =
    all.length === 0 ? `There are no pods in namespace ${namespace}.` : 'Compare `kubectl get pods --show-labels`.';
  return finding('NO_POD', message, `Namespace ${namespace}`, hint);
}

function unfitPods(matching: readonly KubernetesObject[], fit: readonly KubernetesObject[], named: boolean): Finding[] {
  const unfit = matching.filter((pod) => !fit.includes(pod)).map(({ metadata }) => metadata.name);
  if (unfit.length === 0) return [];
  const message = `${unfit.join(', ')} ${unfit.length === 1 ? 'runs' : 'run'} no container or will be gone soon`;
  return [
    named
      ? finding('POD_NOT_RUNNING', `${message}: the operator would skip it silently.`)
      : finding('SOME_NOT_RUNNING', `${message}, and will not be hit.`),
  ];
}

function unknownContainers({ scope, flags }: ChaosBladeFaultSpec, pods: readonly KubernetesObject[]): Finding[] {
  const wanted = scope === 'container' ? (flags['container-names']?.split(',') ?? []) : [];
  return pods.flatMap((pod) => {
    const names = containerNames(pod);
    return wanted
      .filter((name) => !names.includes(name))
      .map((name) => {
        const nearest = nearestName(name, names);
        const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
        const message = `Pod ${pod.metadata.name} has no container ${name}.${meant} It has ${names.join(', ')}.`;
        return finding('NO_CONTAINER', message, `Pod ${pod.metadata.namespace}/${pod.metadata.name}`);
      });
  });
}
