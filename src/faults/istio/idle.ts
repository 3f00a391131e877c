import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { plural } from '../../util/plural.ts';
import { hasLabels, isRunning } from '../pods.ts';
import { type Callers, listNames, named } from './callers.ts';
import { subsetsOf } from './check-destinations.ts';
import { podName } from './evidence.ts';
import { nameRoute, routesOf } from './fault-routes.ts';
import type { Flow, Flows } from './flows.ts';
import { sameService, serviceOfHost, type ServiceName } from './host.ts';
import { hasProxy } from './pods.ts';
import type { Survey } from './survey.ts';
import { namespaceOf } from './virtual-service.ts';

/** Where nobody called the service: on the way, a version without pods, or one that is asked and never calls. */
export function checkIdle(survey: Survey, callers: Callers, flows: Flows): readonly Finding[] {
  const pods = podsOf(survey);
  return [...emptyOnTheWay(survey, pods), ...idleVersions(survey.question.service, pods, callers, flows)];
}

/** Routes to subsets of other services that no running pod belongs to. Whose a pod is tells its label `app`. */
function emptyOnTheWay(survey: Survey, pods: readonly KubernetesObject[]): readonly Finding[] {
  return survey.virtualServices.flatMap((object) =>
    routesOf(object).flatMap((route, index) =>
      (route.route ?? []).flatMap(({ destination: { host = '', subset } = {} }) => {
        const service = serviceOfHost(host, namespaceOf(object));
        const known = subsetsOf(service, survey);
        if (service === undefined || sameService(service, survey.question.service)) return [];
        const own = pods.filter(
          (pod) => hasLabels(pod, { app: service.name }) && namespaceOf(pod) === service.namespace,
        );
        if (subset === undefined || known === undefined || own.length === 0) return [];
        const found = known.find(({ name }) => name === subset);
        if (found !== undefined && own.some((pod) => hasLabels(pod, found.labels ?? {}))) return [];
        const where = describeObject(object);
        const leads = `In ${where}, ${nameRoute(route, index)} leads to subset ${subset} of ${service.name},`;
        return found === undefined
          ? [finding('SUBSET_MISSING', `${leads} which no DestinationRule defines: 503.`, where)]
          : [finding('SUBSET_EMPTY', `${leads} and no running pod has its labels: 503.`, where)];
      }),
    ),
  );
}

/** Versions of an app that were asked and sent the service nothing, beside others of it that nobody asked. */
function idleVersions(
  service: ServiceName,
  pods: readonly KubernetesObject[],
  { meshed }: Callers,
  { grown, lasted }: Flows,
): readonly Finding[] {
  const none: Flow = { served: 0, faulted: 0, clean: 0 };
  const flowOf = (pod: KubernetesObject): Flow => grown[podName(named([pod])[0]!)] ?? none;
  const apps = new Set(meshed.flatMap((pod) => pod.metadata.labels?.['app'] ?? []));
  return [...apps].flatMap((app) => {
    const own = pods.filter((pod) => pod.metadata.labels?.['app'] === app && hasProxy(pod));
    const asked = own.filter((pod) => flowOf(pod).served > 0);
    const versions = versionsOf(asked);
    const unasked = own.filter(
      (pod) =>
        flowOf(pod).served === 0 &&
        pod.metadata.labels?.['version'] !== undefined &&
        !versions.includes(pod.metadata.labels['version']),
    );
    const called = asked.some((pod) => flowOf(pod).clean + flowOf(pod).faulted > 0);
    if (asked.length === 0 || unasked.length === 0 || called) return [];
    const served = asked.reduce((sum, pod) => sum + flowOf(pod).served, 0);
    const who = `${versions.join(', ') || 'unversioned pods'} of ${app} (${listNames(asked)})`;
    const message = `${plural(served, 'request')} in ${(lasted / 1000).toFixed(1)} s were served by ${who}, and its proxy sent none to ${service.name}; ${versionsOf(unasked).join(', ')} of ${app} served none.`;
    const hint = 'Route these users to a version that calls the service, in `setup` for instance.';
    return [finding('CALLERS_IDLE', message, undefined, hint)];
  });
}

function versionsOf(pods: readonly KubernetesObject[]): readonly string[] {
  return [...new Set(pods.flatMap((pod) => pod.metadata.labels?.['version'] ?? []))];
}

function podsOf({ callers, servicePods = [] }: Survey): readonly KubernetesObject[] {
  const names = new Map([...callers, ...servicePods].map((pod) => [describeObject(pod), pod]));
  return [...names.values()].filter(isRunning);
}
