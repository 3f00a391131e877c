import type { DriverContext } from '../../faults/driver.ts';
import { checkDoubleInjection, checkInjectionLabels } from '../../faults/istio/check-callers.ts';
import { hasProxy, injectionOf, isAmbient } from '../../faults/istio/pods.ts';
import { listObjects } from '../../faults/istio/reading.ts';
import { ifSeen } from '../../faults/istio/survey.ts';
import { isRunning } from '../../faults/pods.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { type Check, look, notLookedAt, ofFinding, ok, someOf } from './check.ts';

/** Whose pods are no callers of anybody's experiment. */
const OTHERS = /^(?:kube-|istio-system$|chaosblade$|local-path-storage$)/;

/** Which namespaces have callers that an Istio fault can act in. */
export async function checkSidecars(context: DriverContext): Promise<readonly Check[]> {
  return look('sidecars', async () => {
    const [pods, spaces] = await Promise.all([listObjects(context, '', 'pods'), ifSeen(context, '', 'namespaces')]);
    const running = pods.filter(isRunning);
    const names = [...new Set(running.map(({ metadata }) => metadata.namespace ?? ''))];
    const areas = names
      .filter((name) => !OTHERS.test(name))
      .sort()
      .map((name) => areaOf(name, running, pods, spaces));
    const inMesh = areas.filter(isInMesh);
    const bare = areas.filter((area) => !isInMesh(area)).map(({ name }) => name);
    const unlabelled = spaces === undefined ? [notLookedAt('injection labels', NO_LABELS)] : [];
    return [...inMesh.flatMap(checkArea), ...unlabelled, ...(bare.length === 0 ? [] : [withoutMesh(bare, inMesh)])];
  });
}

const NO_LABELS = 'This identity may not list namespaces.';

interface Area {
  readonly name: string;
  readonly space: KubernetesObject | undefined;
  readonly running: readonly KubernetesObject[];
  readonly all: readonly KubernetesObject[];
}

function areaOf(
  name: string,
  running: readonly KubernetesObject[],
  all: readonly KubernetesObject[],
  spaces: readonly KubernetesObject[] | undefined,
): Area {
  const inside = ({ metadata }: KubernetesObject): boolean => metadata.namespace === name;
  const space = spaces?.find(({ metadata }) => metadata.name === name);
  return { name, space, running: running.filter(inside), all: all.filter(inside) };
}

function isInMesh({ space, running }: Area): boolean {
  return running.some((pod) => hasProxy(pod) || isAmbient(pod, space) || injectionOf(pod, space).isAsked);
}

function checkArea({ name, space, running, all }: Area): readonly Check[] {
  const what = `sidecars in ${name}`;
  const meshed = running.filter(hasProxy);
  const ambient = running.filter((pod) => !hasProxy(pod) && isAmbient(pod, space));
  const missed = running.filter((pod) => !hasProxy(pod) && injectionOf(pod, space).isAsked);
  const question = { service: { name: '', namespace: name }, namespace: name, gateway: false };
  const findings: readonly Finding[] = [
    ...checkInjectionLabels({ namespaces: space === undefined ? [] : [space], question }),
    ...checkDoubleInjection(all),
    ...(missed.length === 0 ? [] : [notInjected(name, missed)]),
  ];
  const count = `${meshed.length} of ${running.length} running pods have a sidecar.`;
  const state = ambient.length > 0 ? [inAmbient(what, name, ambient)] : [ok(what, count)];
  return findings.length === 0 ? state : findings.map((it) => ofFinding(what, it));
}

function notInjected(name: string, pods: readonly KubernetesObject[]): Finding {
  const names = someOf(pods.map(({ metadata }) => metadata.name));
  const message = `Namespace ${name} asks for sidecars, and ${names} ${pods.length === 1 ? 'runs' : 'run'} without.`;
  return finding('POD_NOT_INJECTED', message, `Namespace ${name}`, `kubectl -n ${name} rollout restart deployment`);
}

function inAmbient(what: string, name: string, pods: readonly KubernetesObject[]): Check {
  const message = `${pods.length} pods of ${name} are in ambient mode, where Holdfast can fault nobody's calls.`;
  const hint = 'Faults of the gateway, podKill and ChaosBlade work.';
  return ofFinding(what, finding('AMBIENT', message, `Namespace ${name}`, hint), 'warning');
}

function withoutMesh(bare: readonly string[], inMesh: readonly Area[]): Check {
  const detail = `No pod has a sidecar in ${someOf(bare)}.`;
  if (inMesh.length > 0) return ok('outside of the mesh', detail);
  const hint = 'kubectl label namespace NAME istio-injection=enabled, then restart the pods.';
  return ofFinding('sidecars', finding('NO_SIDECAR', detail, undefined, hint), 'warning');
}
