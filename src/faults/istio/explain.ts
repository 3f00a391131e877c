import type { Experiment } from '../../model/experiment.ts';
import type { IstioFaultSpec } from '../../model/fault.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import type { Explanation } from '../../model/proof.ts';
import type { DriverContext, Injected, PreparedFault } from '../driver.ts';
import { isRunning } from '../pods.ts';
import { named } from './callers.ts';
import { checkOwnRoutes } from './check-own-routes.ts';
import { type Evidence, podName } from './evidence.ts';
import { examine, withoutFault } from './examine.ts';
import { type Flow, sumOf, watchFlows } from './flows.ts';
import { decodeHandle } from './handle.ts';
import { wantedOf } from './inject.ts';
import { passesNeeded } from './passes-needed.ts';
import { hasProxy } from './pods.ts';
import { questionOf } from './preflight.ts';
import { FEWEST, findReasons, type Seen } from './reasons.ts';
import { readSurvey, type Survey } from './survey.ts';
import { validateFault } from './validate.ts';
import type { WatchBook } from './watch-book.ts';

/** Waiting for more requests than these would take too long. */
const MOST = 20;

/**
 * Looks again at everything that the fault meets - as a preflight would see it now, without our routes; at what became of
 * these routes; and at the counters of callers while requests go on - and says why it was not seen to bite.
 */
export async function explainFault(
  book: WatchBook,
  prepared: PreparedFault<IstioFaultSpec>,
  injected: Injected,
  experiment: Experiment,
  context: DriverContext,
): Promise<Explanation> {
  const draft = wantedOf(prepared);
  const { fault, mark } = draft;
  const { watch, objects } = decodeHandle(prepared.handle);
  const survey = await readSurvey(questionOf(fault, experiment), context);
  const { wanted, callers, targets, findings } = examine(draft, withoutFault(survey, mark));
  const carriers = named(callers.meshed);
  const { delay, abort } = fault.spec;
  const percentage = Math.min(delay?.percentage ?? 100, abort?.percentage ?? 100);
  const needed = Math.max(FEWEST, passesNeeded(1 - percentage / 100));
  // Requests that pass are no sign that the fault does not come late; many more than these do not come in seconds.
  const need = (grown: Readonly<Record<string, Flow>>) => {
    const { faulted, clean } = sumOf(grown, carriers);
    if (faulted > 0) return 'nothing';
    return clean < Math.min(needed, MOST) ? 'more' : 'time';
  };
  const others = named(proxiesAround(survey)).filter((pod) => !carriers.some((it) => podName(it) === podName(pod)));
  const flows = watch === null ? undefined : await watchFlows([...carriers, ...others], watch, need, context);
  const seen: Seen = {
    survey,
    callers,
    carriers,
    wanted,
    experiment,
    percentage,
    needed,
    isShared: watch?.shared === true,
    own: checkOwnRoutes(survey.virtualServices, targets, objects, wanted),
    findings: [...findings, ...validateFault(fault, experiment).filter(({ code }) => code === 'FAULTS_OVERLAP')],
    baseline: injected.baseline as unknown as Evidence,
    byThen: book.of(prepared.handle, injected).lastDuring?.evidence,
    ...(flows && { flows }),
  };
  return findReasons(seen);
}

/** Pods with a proxy in the namespaces of service and callers: who serves the requests, and who sends them on. */
function proxiesAround({ callers, servicePods = [] }: Survey): readonly KubernetesObject[] {
  const names = new Map([...callers, ...servicePods].map((pod) => [podName(named([pod])[0]!), pod]));
  return [...names.values()].filter((pod) => isRunning(pod) && hasProxy(pod));
}
