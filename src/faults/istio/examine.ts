import { HoldfastError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { type Callers, callersOf } from './callers.ts';
import { checkCallers } from './check-callers.ts';
import { checkControlPlane } from './check-control-plane.ts';
import { checkDestinations } from './check-destinations.ts';
import { checkGateways } from './check-gateways.ts';
import { checkCanaries, checkOwner } from './check-owners.ts';
import { checkReach } from './check-reach.ts';
import { checkRules } from './check-rules.ts';
import { checkService } from './check-service.ts';
import { checkTraffic } from './check-traffic.ts';
import { gatewayCandidates } from './governing.ts';
import { type Mark, removeCopies } from './object-edit.ts';
import type { Survey } from './survey.ts';
import { type Resolution, resolveTargets, type Wanted } from './targets.ts';

/** What a survey says about a fault: where it goes, who carries it, and all that stands in its way. */
export interface Examined extends Resolution {
  readonly wanted: Wanted;
  readonly callers: Callers;
}

/** Every check that needs nothing but a survey; pure. */
export function examine(draft: Wanted, survey: Survey): Examined {
  const callers = callersOf(survey);
  const { virtualServices, question } = survey;
  const { service } = question;
  const wanted = { ...draft, callerNamespaces: question.gateway ? [] : callers.namespaces };
  const { targets, done, findings } = resolveTargets(virtualServices, wanted);
  const edited = targets.filter(({ action }) => action === 'edit').map(({ before }) => before);
  const { spec } = wanted.fault;
  return {
    wanted,
    callers,
    targets,
    done,
    findings: [
      ...checkControlPlane(survey),
      ...checkService(spec, survey),
      ...checkCallers(survey, callers, gatewayCandidates(virtualServices, service)),
      ...checkReach(survey, callers),
      ...checkTraffic(survey, callers),
      ...findings,
      ...owners(edited, survey),
      ...checkRules(spec, service, wanted.callerNamespaces, virtualServices, targets),
      ...checkDestinations(survey, targets),
      ...checkGateways(survey),
    ],
  };
}

/** The survey as it would be without a fault of ours: to look again while that is in. */
export function withoutFault(survey: Survey, mark: Mark): Survey {
  return { ...survey, virtualServices: survey.virtualServices.flatMap((object) => bare(object, mark)) };
}

function bare(object: KubernetesObject, mark: Mark): readonly KubernetesObject[] {
  try {
    const back = removeCopies(object, mark);
    if (back.action === 'delete') return [];
    return [back.action === 'replace' ? back.object : object];
  } catch (error) {
    // Marks that cannot be read are told as such.
    if (error instanceof HoldfastError) return [object];
    throw error;
  }
}

/** A Canary that owns the object is told once. */
function owners(edited: readonly KubernetesObject[], { question, canaries }: Survey): readonly Finding[] {
  const own = edited.flatMap((object) => checkOwner(object));
  return own.some(({ code }) => code === 'FLAGGER_OWNED')
    ? own
    : [...own, ...checkCanaries(question.service, canaries)];
}
