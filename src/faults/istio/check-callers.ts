import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { type Callers, listNames } from './callers.ts';
import { hasProxy, injectionOf, isAmbient, proxiesOf, selectorOf, waypointOf } from './pods.ts';
import type { Survey } from './survey.ts';
import { namespaceOf, qualifiedGateways } from './virtual-service.ts';

/** Whether there is somebody whose proxy can carry the fault. */
export function checkCallers(survey: Survey, callers: Callers, roots: readonly KubernetesObject[]): readonly Finding[] {
  const findings = survey.question.gateway ? checkGatewayPods(callers, roots) : checkMeshCallers(survey, callers);
  return [...findings, ...checkDoubles(survey)];
}

function checkGatewayPods({ meshed }: Callers, roots: readonly KubernetesObject[]): Finding[] {
  // Without a VirtualService at a gateway that is said already.
  if (meshed.length > 0 || roots.length === 0) return [];
  const bound = [...new Set(roots.flatMap(qualifiedGateways))].join(', ');
  return [finding('NO_CALLERS', `No running pod belongs to gateway ${bound}.`)];
}

function checkMeshCallers(survey: Survey, { candidates, meshed }: Callers): Finding[] {
  const { namespace, from, service } = survey.question;
  const who = from === undefined ? `in namespace ${namespace}` : `with labels ${selectorOf(from)}`;
  const conflicts = checkInjectionLabels(survey);
  if (candidates.length === 0) {
    return [...conflicts, finding('NO_CALLERS', `No running pod ${who} could call ${service.name}.`)];
  }
  const bare = candidates.filter((pod) => !hasProxy(pod));
  if (meshed.length > 0) {
    if (from === undefined || bare.length === 0) return conflicts;
    const message = `${listNames(bare)} have no istio-proxy and will not see the fault.`;
    return [...conflicts, finding('SOME_UNMESHED', message)];
  }
  const ambient = bare.some((pod) => isAmbient(pod, spaceOf(survey, namespaceOf(pod))));
  return [...conflicts, ambient ? ambientCallers(who, survey) : withoutSidecar(who, bare, survey)];
}

function ambientCallers(who: string, survey: Survey): Finding {
  const { service } = survey.question;
  const waypoint = waypointOf(survey.service, spaceOf(survey, service.namespace));
  const hint = 'Holdfast faults callers that have sidecars, and gateways.';
  if (waypoint === undefined) {
    const message = `The pods ${who} are in ambient mode and ${service.name} has no waypoint: no proxy would carry out the rule.`;
    return finding('NO_WAYPOINT', message, undefined, hint);
  }
  const message = `The pods ${who} are in ambient mode: the rule would act in waypoint ${waypoint} of ${service.name}, for every caller.`;
  return finding('AMBIENT', message, undefined, hint);
}

function withoutSidecar(who: string, bare: readonly KubernetesObject[], survey: Survey): Finding {
  const message = `No pod ${who} has a sidecar (${listNames(bare)}), and an Istio fault acts in the caller's proxy.`;
  const [first] = bare;
  const hint = first && whyNotInjected(first, spaceOf(survey, namespaceOf(first)));
  return finding('NO_SIDECAR', message, undefined, hint);
}

/** What keeps a pod from having a sidecar, as advice. */
function whyNotInjected(pod: KubernetesObject, space: KubernetesObject | undefined): string {
  const { isAsked, isRefused, onHostNetwork } = injectionOf(pod, space);
  const namespace = namespaceOf(pod);
  if (onHostNetwork) return 'A pod on the network of its host never gets a sidecar.';
  if (isRefused)
    return `Pod ${pod.metadata.name} refuses injection (sidecar.istio.io/inject: "false"): take that away and restart it.`;
  if (isAsked) return 'Restart the pods so that they get their sidecars.';
  return `kubectl label --overwrite namespace ${namespace} istio-injection=enabled, then restart the pods.`;
}

/** IST0123: the injector takes neither for granted. */
export function checkInjectionLabels({ namespaces, question }: Pick<Survey, 'namespaces' | 'question'>): Finding[] {
  const space = namespaces.find(({ metadata }) => metadata.name === question.namespace);
  const { 'istio-injection': injection, 'istio.io/rev': revision } = space?.metadata.labels ?? {};
  if (injection === undefined || revision === undefined) return [];
  const message = `Namespace ${question.namespace} has both istio-injection=${injection} and istio.io/rev=${revision}.`;
  return [finding('INJECTION_CONFLICT', message, `Namespace ${question.namespace}`, 'Take one of the labels away.')];
}

function checkDoubles({ callers, servicePods = [] }: Survey): Finding[] {
  const pods = new Map([...callers, ...servicePods].map((pod) => [describeObject(pod), pod]));
  return checkDoubleInjection([...pods.values()]);
}

/** Two proxies want the same ports, and the pod never becomes ready. */
export function checkDoubleInjection(pods: readonly KubernetesObject[]): Finding[] {
  const double = pods.filter((pod) => proxiesOf(pod) > 1);
  if (double.length === 0) return [];
  const message = `${listNames(double)} ${double.length === 1 ? 'has' : 'have'} two istio-proxy containers, which do not start together.`;
  const hint = 'Use automatic injection or `istioctl kube-inject`, not both.';
  return [finding('DOUBLE_INJECTION', message, describeObject(double[0] as KubernetesObject), hint)];
}

function spaceOf({ namespaces }: Survey, name: string): KubernetesObject | undefined {
  return namespaces.find(({ metadata }) => metadata.name === name);
}
