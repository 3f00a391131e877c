import type { Experiment } from '../../model/experiment.ts';
import type { IstioFault } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { HypothesisProbe } from '../../model/hypothesis.ts';
import { whereOf } from '../../model/place.ts';
import { plural } from '../../util/plural.ts';
import { routesAtEntrance } from './entrance.ts';
import { nameRoute } from './fault-routes.ts';
import type { Survey } from './survey.ts';
import type { HttpRoute } from './virtual-service.ts';

/**
 * A share of calls is aborted, a probe expects about as many answers with that status, and the gateway's route tries such
 * answers again: each try is rolled anew, and fewer come through. Only where the file itself says that the status does
 * come through, and for one call a request.
 */
export function checkThinned(fault: IstioFault, experiment: Experiment, survey: Survey): readonly Finding[] {
  const { abort, gateway } = fault.spec;
  const { httpStatus: status, percentage = 100 } = abort ?? {};
  if (gateway || status === undefined || percentage >= 100) return [];
  return experiment.hypothesis.flatMap((probe, index): Finding[] => {
    const wanted = probe.during.includes('fault') ? lowestShare(probe, status) : undefined;
    const ways = routesAtEntrance(probe.http, survey.virtualServices) ?? [];
    const [way] = ways;
    if (wanted === undefined || way === undefined || ways.length > 1 || !way.isSure) return [];
    const again = retriesOf(way.route, status, survey);
    const share = (percentage / 100) ** (again + 1);
    if (again === 0 || wanted.share <= share) return [];
    const by = way.route.retries === undefined ? ', as Istio does up to 1.23 when nothing is said' : '';
    const message = `Probe "${probe.name}" expects ${wanted.text} of status ${status}, but ${nameRoute(way.route, way.index)} at the gateway tries such an answer again, up to ${plural(again, 'time')}${by}: of calls that are aborted at ${percentage} %, about ${Number((100 * share).toPrecision(3))} % come through.`;
    const path = ['spec', 'hypothesis', index, ...wanted.path];
    return [
      finding(
        'RETRIES_THIN',
        message,
        whereOf(experiment, path),
        `Expect that share, or write \`retries: {attempts: 0}\` into that route in \`setup\`.`,
      ),
    ];
  });
}

/** The least share of answers with this status that the probe is content with, under the fault. */
function lowestShare({ expect, underFault }: HypothesisProbe, status: number) {
  const statuses = underFault?.statuses ?? expect.statuses ?? {};
  const key = [String(status), `${Math.floor(status / 100)}xx`].find((it) => statuses[it] !== undefined);
  const limit = key === undefined ? undefined : statuses[key];
  if (key === undefined || limit === undefined) return undefined;
  const share = limit.kind === 'range' ? limit.low : limit.op === '<' || limit.op === '<=' ? undefined : limit.value;
  const path = [...(underFault?.statuses ? ['underFault'] : []), 'expect', 'statuses', key];
  return share === undefined ? undefined : { share, text: limit.text, path };
}

interface Retries {
  readonly attempts?: number;
  readonly retryOn?: string;
}

/** How often a route tries an answer with this status again. Source: Istio core/route/retry/retry.go, Envoy retry_state_impl.cc. */
function retriesOf({ retries }: HttpRoute, status: number, { istiod = [] }: Survey): number {
  const { attempts = 2, retryOn = '' } = (retries ?? {}) as Retries;
  if (retries !== undefined && (retries as Retries).attempts === undefined) return 0;
  const words = retryOn.split(',').map((word) => word.trim());
  if (retryOn !== '') return covers(words, status) ? attempts : 0;
  const images = istiod.flatMap(
    ({ spec }) => (spec as Spec | undefined)?.containers?.map(({ image = '' }) => image) ?? [],
  );
  const minors = images.flatMap((image) => /:1\.(\d+)/.exec(image)?.[1] ?? []).map(Number);
  // 1.24 took 503 off the list.
  return status === 503 && minors.length > 0 && minors.every((minor) => minor <= 23) ? attempts : 0;
}

interface Spec {
  readonly containers?: readonly { readonly image?: string }[];
}

function covers(words: readonly string[], status: number): boolean {
  const isGateway = status >= 502 && status <= 504;
  return (
    words.includes(String(status)) ||
    (status >= 500 && words.includes('5xx')) ||
    (isGateway && words.includes('gateway-error')) ||
    (status === 409 && words.includes('retriable-4xx'))
  );
}
