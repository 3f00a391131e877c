import type { Experiment } from '../../model/experiment.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { ISTIO_GROUP } from './reading.ts';
import type { Survey } from './survey.ts';
import { namespaceOf, specOf } from './virtual-service.ts';

/** Younger than all that is there. */
const LATER = '9999-12-31T23:59:59Z';

/** The survey as it will be once the setup of the experiment is applied; the same one where that changes no rule. */
export function afterSetup(survey: Survey, { setup, namespace }: Experiment): Survey {
  const rules = setup
    .flatMap(({ objects }) => objects)
    .filter(({ apiVersion, kind }) => kind === 'VirtualService' && apiVersion.startsWith(`${ISTIO_GROUP}/`));
  if (rules.length === 0) return survey;
  const virtualServices = rules.reduce((all, rule) => applied(all, rule, namespace), survey.virtualServices);
  return { ...survey, virtualServices };
}

function applied(
  all: readonly KubernetesObject[],
  rule: KubernetesObject,
  namespace: string,
): readonly KubernetesObject[] {
  const metadata = { namespace, creationTimestamp: LATER, ...rule.metadata };
  const found = all.find((it) => it.metadata.name === metadata.name && namespaceOf(it) === metadata.namespace);
  if (found === undefined) return [...all, { ...rule, metadata }];
  return all.map((it) => (it === found ? { ...found, spec: { ...specOf(found), ...specOf(rule) } } : it));
}
