import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import { hasLabels, isRunning } from '../pods.ts';
import { nameRoute, routesOf } from './fault-routes.ts';
import { sameService, serviceOfHost, type ServiceName } from './host.ts';
import type { Survey } from './survey.ts';
import type { Target } from './targets.ts';
import { type HttpRoute, namespaceOf } from './virtual-service.ts';

type Labels = Readonly<Record<string, string>>;

interface Subset {
  readonly name?: string;
  readonly labels?: Labels;
}

interface RuleSpec {
  readonly host?: string;
  readonly subsets?: readonly Subset[];
  readonly trafficPolicy?: { readonly outlierDetection?: unknown; readonly connectionPool?: unknown };
}

/** What stands behind the routes that are copied: their subsets, and policies that the fault does not pass through. */
export function checkDestinations(survey: Survey, targets: readonly Target[]): readonly Finding[] {
  return [
    ...targets.flatMap(({ before, routes }) => routes.flatMap((route) => checkSubsets(before, route, survey))),
    ...checkPolicies(survey),
  ];
}

/** The subsets that DestinationRules define for a service; undefined where these may not be seen. */
export function subsetsOf(
  service: ServiceName | undefined,
  { destinationRules }: Pick<Survey, 'destinationRules'>,
): readonly Subset[] | undefined {
  return destinationRules?.filter((rule) => isFor(rule, service)).flatMap((rule) => specOf(rule).subsets ?? []);
}

function checkSubsets(object: KubernetesObject, route: HttpRoute, survey: Survey): Finding[] {
  const where = describeObject(object);
  const name = nameRoute(route, routesOf(object).indexOf(route));
  return (route.route ?? []).flatMap(({ destination: { host = '', subset } = {} }) => {
    const service = serviceOfHost(host, namespaceOf(object));
    const known = subsetsOf(service, survey);
    if (subset === undefined || known === undefined) return [];
    const found = known.find((it) => it.name === subset);
    const leads = `In ${where}, ${name} leads to subset ${subset},`;
    if (found === undefined) {
      const hint = 'Apply the DestinationRule before the VirtualService.';
      return [finding('SUBSET_MISSING', `${leads} which no DestinationRule defines: 503.`, where, hint)];
    }
    const { servicePods, question } = survey;
    if (servicePods === undefined || service === undefined || !sameService(service, question.service)) return [];
    const labels = { ...selectorOf(survey.service), ...found.labels };
    if (servicePods.some((pod) => isRunning(pod) && hasLabels(pod, labels))) return [];
    const wanted = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const message = `${leads} and no running pod has its labels (${wanted.join(',')}): 503.`;
    return [finding('SUBSET_EMPTY', message, where)];
  });
}

function checkPolicies({ question: { service }, destinationRules = [] }: Survey): Finding[] {
  return destinationRules
    .filter((rule) => isFor(rule, service) && !(specOf(rule).host ?? '').startsWith('*'))
    .flatMap((rule) => {
      const { outlierDetection, connectionPool } = specOf(rule).trafficPolicy ?? {};
      const blind = [
        ...(outlierDetection === undefined ? [] : ['outlier detection']),
        ...(connectionPool === undefined ? [] : ['circuit breakers']),
      ];
      if (blind.length === 0) return [];
      const where = describeObject(rule);
      const message = `The ${blind.join(' and ')} of ${where} do not see the fault: no call of theirs gets as far as ${service.name}.`;
      const hint = 'To test them, fault what this service calls, or its pods.';
      return [finding('OUTLIER_BLIND', message, where, hint)];
    });
}

function isFor(rule: KubernetesObject, service: ServiceName | undefined): boolean {
  const { host = '' } = specOf(rule);
  return (
    host.startsWith('*') || (service !== undefined && sameService(serviceOfHost(host, namespaceOf(rule)), service))
  );
}

function selectorOf(service: KubernetesObject | undefined): Labels {
  return (service?.['spec'] as { readonly selector?: Labels } | undefined)?.selector ?? {};
}

function specOf(rule: KubernetesObject): RuleSpec {
  return rule['spec'] ?? {};
}
