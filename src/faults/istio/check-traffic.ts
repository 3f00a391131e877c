import { type Finding, finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { hasLabels } from '../pods.ts';
import { type Callers, listNames } from './callers.ts';
import { subsetsOf } from './check-destinations.ts';
import { selectorOf } from './pods.ts';
import { serviceOfHost, sameService } from './host.ts';
import type { Survey } from './survey.ts';
import { namespaceOf, specOf } from './virtual-service.ts';

/** Whether requests come to the callers that `from` names: a version that no route leads to never calls anybody. */
export function checkTraffic(survey: Survey, callers: Callers): readonly Finding[] {
  const { from, service } = survey.question;
  const idle = from === undefined ? [] : unroutedCallers(survey, callers);
  if (from === undefined || idle.length === 0 || idle.length < callers.meshed.length) return [];
  const message = `No route leads to a subset with the callers of ${service.name} that have labels ${selectorOf(from)} (${listNames(idle)}).`;
  const hint = 'Route some requests to them, in `setup` for instance, or name others in `from`.';
  return [finding('CALLERS_UNROUTED', message, undefined, hint)];
}

/**
 * Callers in none of the subsets to which routes lead, where a VirtualService leads all requests for their app to subsets.
 * Which Service a caller belongs to is told by its label `app`, the mesh's own convention.
 */
export function unroutedCallers(survey: Survey, { meshed }: Callers): readonly KubernetesObject[] {
  return meshed.filter((pod) => {
    const app = pod.metadata.labels?.['app'];
    if (app === undefined) return false;
    const service = { name: app, namespace: namespaceOf(pod) };
    const destinations = survey.virtualServices.flatMap((object) =>
      (specOf(object).http ?? []).flatMap((route) =>
        (route.route ?? []).flatMap(({ destination, ...rest }) => {
          const isIts = sameService(serviceOfHost(destination?.host ?? '', namespaceOf(object)), service);
          return isIts && (rest as { readonly weight?: number }).weight !== 0 ? [destination?.subset] : [];
        }),
      ),
    );
    const subsets = subsetsOf(service, survey);
    if (destinations.length === 0 || destinations.includes(undefined) || subsets === undefined) return false;
    const led = subsets.filter(({ name }) => destinations.includes(name));
    return !led.some(({ labels = {} }) => hasLabels(pod, labels));
  });
}
