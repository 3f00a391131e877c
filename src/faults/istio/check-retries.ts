import { formatDuration, parseDuration } from '../../model/duration.ts';
import type { Experiment } from '../../model/experiment.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { HttpRequestSpec } from '../../model/hypothesis.ts';
import type { KubernetesObject } from '../../model/kubernetes.ts';
import { describeObject } from '../../undo/describe.ts';
import type { Callers } from './callers.ts';
import { routesAtEntrance } from './entrance.ts';
import { nameRoute, routesOf } from './fault-routes.ts';
import { leadsTo, meshCandidates } from './governing.ts';
import type { Survey } from './survey.ts';
import { type HttpRoute, namespaceOf } from './virtual-service.ts';

/** A route that requests of the experiment take. */
interface OnPath {
  readonly object: KubernetesObject;
  readonly route: HttpRoute;
  readonly index: number;
  /** Those of the probes that come by it, where that is known. */
  readonly probes: readonly HttpRequestSpec[];
}

/**
 * Routes on the way to the fault whose retries take longer than whoever waits for them: the last of them are never made.
 * Routes of which it is not sure that the requests take them are left out.
 */
export function checkRetries(experiment: Experiment, survey: Survey, callers: Callers): readonly Finding[] {
  return [...atEntrance(experiment, survey), ...inMesh(survey, callers)].flatMap(checkRoute);
}

function atEntrance({ hypothesis }: Experiment, { virtualServices }: Survey): readonly OnPath[] {
  const found = new Map<HttpRoute, OnPath>();
  for (const { http, during } of hypothesis) {
    const ways = during.includes('fault') ? (routesAtEntrance(http, virtualServices) ?? []) : [];
    const [way] = ways;
    // VirtualServices for several hosts may each take it.
    if (way === undefined || ways.length > 1 || !way.isSure) continue;
    found.set(way.route, { ...way, probes: [...(found.get(way.route)?.probes ?? []), http] });
  }
  return [...found.values()];
}

/**
 * The routes to the called service, and to those of the callers that `from` names (who else calls is not known); a pod's
 * Service is told by its label `app`.
 */
function inMesh({ question, virtualServices }: Survey, { meshed, namespaces }: Callers): readonly OnPath[] {
  const named = question.from === undefined ? [] : meshed;
  const own = named.flatMap((pod) => {
    const name = pod.metadata.labels?.['app'];
    return name === undefined ? [] : [{ name, namespace: namespaceOf(pod) }];
  });
  const found = new Map<HttpRoute, OnPath>();
  for (const service of [question.service, ...own]) {
    for (const namespace of namespaces) {
      const object = meshCandidates(virtualServices, service, namespace)[0];
      for (const [index, route] of object === undefined ? [] : routesOf(object).entries()) {
        if (object !== undefined && leadsTo(route, namespaceOf(object), service))
          found.set(route, { object, route, index, probes: [] });
      }
    }
  }
  return [...found.values()];
}

interface Retries {
  readonly attempts?: number;
  readonly perTryTimeout?: string;
  readonly retryOn?: string;
}

/** A try that ran into its own time is made again only for these. Source: Envoy retry_state_impl.cc, router.cc. */
const ON_TIMEOUT = ['5xx', 'gateway-error', 'reset'];

function checkRoute({ object, route, index, probes }: OnPath): Finding[] {
  const { attempts = 0, perTryTimeout, retryOn = '' } = (route.retries ?? {}) as Retries;
  const each = millis(perTryTimeout);
  const isRetried = retryOn.split(',').some((word) => ON_TIMEOUT.includes(word.trim()));
  if (each === undefined || attempts < 1 || !isRetried) return [];
  const all = (attempts + 1) * each;
  const limit = limitOf(route, probes);
  if (limit === undefined || all <= limit.ms) return [];
  const where = describeObject(object);
  const message = `In ${where}, ${nameRoute(route, index)} tries up to ${attempts + 1} times for ${formatDuration(each)} each, ${formatDuration(all)} and the waits between them in all, but ${limit.whose} ends it after ${formatDuration(limit.ms)}: the last tries are cut off or never made.`;
  const hint = 'Let attempts + 1 times perTryTimeout fit into the time of whoever waits.';
  return [finding('RETRIES_OUTLAST_TIMEOUT', message, where, hint)];
}

/** The time after which whoever waits first gives up. */
function limitOf({ timeout }: HttpRoute, probes: readonly HttpRequestSpec[]) {
  const own = millis(timeout);
  if (own !== undefined) return { ms: own, whose: 'its own timeout' };
  const patience = probes.map((it) => it.timeout);
  return patience.length === 0
    ? undefined
    : { ms: Math.max(...patience), whose: 'the timeout of every probe that comes by it' };
}

function millis(text: string | undefined): number | undefined {
  const read = text === undefined ? undefined : parseDuration(text);
  return read?.ok === true && read.value > 0 ? read.value : undefined;
}
