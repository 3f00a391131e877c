import type { Experiment } from '../../model/experiment.ts';
import { type Finding, finding } from '../../model/finding.ts';
import type { FindingCode } from '../../model/finding-codes.ts';
import type { Explanation } from '../../model/proof.ts';
import { describeObject } from '../../undo/describe.ts';
import { plural } from '../../util/plural.ts';
import { type Callers, listNames } from './callers.ts';
import { type Evidence, growth, podName } from './evidence.ts';
import { type Flow, type Flows, sumOf } from './flows.ts';
import type { Named } from './handle.ts';
import { checkIdle } from './idle.ts';
import { isEmptyMatch } from './match.ts';
import { hasProxy } from './pods.ts';
import { isIn } from './object-edit.ts';
import type { Survey } from './survey.ts';
import type { Wanted } from './targets.ts';
import { conditionsOf } from './title.ts';

/** So many requests are no chance. */
export const FEWEST = 5;

/** Everything that was looked at. */
export interface Seen {
  readonly survey: Survey;
  readonly callers: Callers;
  /** The pods whose proxies carry the fault. */
  readonly carriers: readonly Named[];
  readonly wanted: Wanted;
  readonly experiment: Experiment;
  /** The share of requests that the fault hits. */
  readonly percentage: number;
  /** So many requests that pass unhit are no chance. */
  readonly needed: number;
  /** The counters do not tell its hits from those of another fault. */
  readonly isShared: boolean;
  /** What became of the routes that were written. */
  readonly own: readonly Finding[];
  /** What a preflight would find now. */
  readonly findings: readonly Finding[];
  /** Counters from just before the injection. */
  readonly baseline: Evidence;
  /** Counters when the time for the proof was over, where they were read then. */
  readonly byThen: Evidence | undefined;
  readonly flows?: Flows;
}

/** With these the fault cannot act for anybody, or for some, whatever they ask. The first are the plainest. */
const BARS: readonly FindingCode[] = [
  'NO_SERVICE',
  'NO_CALLERS',
  'NO_SIDECAR',
  'NO_WAYPOINT',
  'AMBIENT',
  'PORT_NOT_HTTP',
  'SERVICE_HIDDEN',
  'OUT_OF_SCOPE',
  'CONTROL_PLANE_DOWN',
  'NO_ROUTE',
  'NO_GATEWAY_ROUTE',
  'FAULTS_OVERLAP',
  'SOME_OUT_OF_SCOPE',
  'SOME_UNMESHED',
];
/** With these the callers' counters say nothing about requests that were sent. */
const BLIND: readonly FindingCode[] = ['NO_CALLERS', 'NO_SIDECAR', 'NO_WAYPOINT', 'AMBIENT', 'PORT_NOT_HTTP'];
/** These keep requests from the callers, or lead them elsewhere: reasons only where nobody called. */
const LEADS_AWAY: readonly FindingCode[] = [
  'CALLERS_UNROUTED',
  'GATEWAY_MISSING',
  'HOST_NOT_IN_GATEWAY',
  'ROUTE_ELSEWHERE',
  'GATEWAY_UNTOUCHED',
];
/** Said of an object that carries the fault, these mean that nobody uses it. */
const UNUSED: readonly FindingCode[] = ['GATEWAY_ONLY', 'NOT_EXPORTED'];
/** Nothing wrong as a rule: told only where nothing else was found. */
const DOUBTS: readonly FindingCode[] = ['CONTROL_PLANE_UNSEEN'];
/** What a request meets after the fault, and its proof may take for the fault's absence. */
const AFTERWARDS: readonly FindingCode[] = ['SUBSET_MISSING', 'SUBSET_EMPTY', 'NO_ENDPOINTS'];

/** Why a fault was not seen to bite, the likeliest reason first; pure. */
export function findReasons(seen: Seen): Explanation {
  const { own, findings, flows, wanted, survey } = seen;
  const isOfCarrier = ({ where }: Finding): boolean =>
    survey.virtualServices.some((object) => describeObject(object) === where && isIn(object, wanted.mark));
  const unused = pick(findings, UNUSED).filter(isOfCarrier);
  const bars = [...own, ...unused, ...pick(findings, BARS)];
  const looked = describeLook(seen);
  if (flows === undefined) return { reasons: bars, looked };
  const late = sumOf(flows.grown, seen.carriers);
  // Where others changed it, or what it needs, meanwhile, it may have bitten for a moment.
  const isBarredNow = bars.length > own.length + unused.length && late.faulted === 0;
  const hit = own.length + unused.length > 0 || isBarredNow ? undefined : hitsOf(seen);
  if (hit !== undefined) return { ...hit, looked };
  const reasons = [...bars, ...trafficReasons(seen, late, bars)];
  const told = { reasons: reasons.length > 0 ? reasons : pick(findings, DOUBTS), looked };
  const isForEach = isEmptyMatch(wanted.fault.spec.match) && late.faulted === 0 && late.clean >= seen.needed;
  if (!isForEach) return told;
  const each = seen.percentage >= 100 ? 'each of them' : `${seen.percentage}% of them`;
  const contradiction = `${plural(late.clean, 'request')} of the callers to ${wanted.service.name} passed after the time for its proof and none was hit, though it is for ${each}`;
  return { contradiction, ...told };
}

/** Requests were hit after all: only now, or unseen by the proof probe. */
function hitsOf(seen: Seen): Pick<Explanation, 'contradiction' | 'reasons'> | undefined {
  const { flows, wanted, isShared, findings } = seen;
  const total = totalOf(seen);
  if (flows === undefined || isShared || total.faulted === 0) return undefined;
  const { name } = wanted.service;
  if (wanted.fault.proof === undefined || isLate(seen)) {
    const message = `${plural(total.faulted, 'request')} to ${name} ${total.faulted === 1 ? 'was' : 'were'} hit, but only after the time that the effect is given.`;
    const hint = 'istiod or the proxies are slow: `istioctl proxy-status` says whether they have caught up.';
    return { reasons: [finding('EFFECT_LATE', message, undefined, hint)] };
  }
  const contradiction = `the callers' proxies say that ${total.faulted} of ${total.faulted + total.clean} requests to ${name} were hit, and the proof probe was not positive`;
  const message = `Requests to ${name} are hit, but those of the proof probe do not show it.`;
  const hint =
    'Ask for something that depends on the service, as a user whom the fault is for, and expect what it does.';
  return { contradiction, reasons: [...pick(findings, AFTERWARDS), finding('PROOF_BLIND', message, undefined, hint)] };
}

/** Nothing, or next to nothing, was hit as long as the proof was asked for. */
function isLate({ byThen, baseline, carriers, percentage, wanted }: Seen): boolean {
  if (byThen === undefined) return false;
  const grown = growth(baseline, byThen);
  const own = carriers.flatMap((pod) => grown[podName(pod)] ?? []);
  const [hit, clean] = [own.reduce((sum, it) => sum + it.faulted, 0), own.reduce((sum, it) => sum + it.clean, 0)];
  if (hit === 0) return true;
  return percentage >= 100 && isEmptyMatch(wanted.fault.spec.match) && hit < FEWEST && clean > hit;
}

function trafficReasons(seen: Seen, late: Flow, bars: readonly Finding[]): readonly Finding[] {
  const { flows, carriers, findings } = seen;
  const total = totalOf(seen);
  if (flows === undefined || bars.some(({ code }) => BLIND.includes(code))) return [];
  const silent = carriers.map(podName).filter((pod) => flows.silent.includes(pod));
  if (silent.length > 0 && total.clean === 0) {
    return [
      finding('NO_EVIDENCE', `The counters of ${silent.join(', ')} could not be read, so nobody knows who called.`),
    ];
  }
  if (total.clean === 0) {
    return [
      ...otherCallers(seen, flows),
      ...checkIdle(seen.survey, seen.callers, flows),
      ...pick(findings, LEADS_AWAY),
      ...bareCallers(seen),
      noRequests(seen, flows),
    ];
  }
  return [...matchNotSeen(seen, late.clean > 0 ? late : total), ...tooRare(seen, total.clean)];
}

/** Calls of pods that do not carry the fault. */
function otherCallers({ carriers, wanted }: Seen, { grown }: Flows): Finding[] {
  const own = new Set(carriers.map(podName));
  const calls = Object.entries(grown).filter(([pod, { clean }]) => clean > 0 && !own.has(pod));
  if (calls.length === 0) return [];
  const each = calls.map(([pod, { clean }]) => `${plural(clean, 'request')} of ${pod}`).join(', ');
  const message = `${each} to ${wanted.service.name} passed meanwhile, and the fault is not for ${calls.length === 1 ? 'this caller' : 'these callers'}.`;
  const hint = 'Name in `from` those that call, or route requests to the ones that are named.';
  return [finding('OTHER_CALLERS', message, undefined, hint)];
}

function bareCallers({ callers: { candidates }, wanted }: Seen): Finding[] {
  const bare = candidates.filter((pod) => !hasProxy(pod));
  if (bare.length === 0) return [];
  const message = `${listNames(bare)} ${bare.length === 1 ? 'has' : 'have'} no proxy: what they call of ${wanted.service.name} is neither faulted nor counted.`;
  return [finding('BARE_CALLERS', message, undefined, 'Give them sidecars: see NO_SIDECAR.')];
}

function noRequests({ carriers, wanted }: Seen, { lasted }: Flows): Finding {
  const names = listNames(carriers);
  const message = `None of ${plural(carriers.length, 'caller')} (${names}) sent a request to ${wanted.service.name}: not since the fault is in, nor in ${seconds(lasted)} of watching.`;
  return finding('NO_REQUESTS', message, undefined, 'Ask for something that depends on the service.');
}

function matchNotSeen({ wanted, experiment }: Seen, { clean }: Flow): Finding[] {
  const { match } = wanted.fault.spec;
  if (isEmptyMatch(match)) return [];
  const message = `${plural(clean, 'request')} of the callers came to ${wanted.service.name} and passed; the fault is for ${conditionsOf(match).join(', ')} only.`;
  return [finding('MATCH_NOT_SEEN', message, undefined, whyUnmatched(wanted, experiment))];
}

/** What the requests that were asked for have of the headers that the match wants. */
function whyUnmatched({ fault }: Wanted, { hypothesis }: Experiment): string {
  const headers = Object.keys(fault.spec.match.headers ?? {});
  if (headers.length === 0) return 'Compare it with what the callers ask for.';
  const asked =
    fault.proof === undefined
      ? hypothesis.filter(({ during }) => during.includes('fault')).map(({ http }) => http)
      : [fault.proof.http];
  const list = headers.join(', ');
  const has = (header: string): boolean =>
    asked.some((http) => Object.keys(http.headers).some((it) => it.toLowerCase() === header));
  if (headers.every(has)) return `The requests are sent with ${list}: a service on the way does not hand it on.`;
  const sessions = [...new Set(asked.flatMap(({ session }) => session ?? []))];
  if (sessions.length === 0) return `No request is sent with ${list}, and none has a session that could give it.`;
  return `It has to come from session ${sessions.join(', ')}: see that it is logged in as that user, and that services on the way hand ${list} on.`;
}

function tooRare({ wanted, percentage, needed }: Seen, passed: number): Finding[] {
  if (percentage >= 100 || passed >= needed) return [];
  const message = `${plural(passed, 'request')} of the callers to ${wanted.service.name} passed, and the fault hits ${percentage}%: it takes ${needed} to be sure to see one.`;
  return [finding('SHARE_TOO_RARE', message, undefined, 'Raise the percentage or the rate of the probes.')];
}

/** What the carriers counted since the injection, as far as they were there before it. */
function totalOf({ flows, carriers, baseline }: Seen): Flow {
  const none: Flow = { served: 0, faulted: 0, clean: 0 };
  if (flows === undefined) return none;
  const since = carriers.flatMap((pod) => {
    const name = podName(pod);
    const [first, grown, before] = [flows.first[name], flows.grown[name], baseline.counts[name]];
    if (grown === undefined || first === undefined) return [];
    const added = (what: 'faulted' | 'clean'): number =>
      grown[what] + Math.max(0, first[what] - (before?.[what] ?? first[what]));
    return [{ served: 0, faulted: added('faulted'), clean: added('clean') }];
  });
  return since.reduce(
    (sum, one) => ({ served: 0, faulted: sum.faulted + one.faulted, clean: sum.clean + one.clean }),
    none,
  );
}

function pick(findings: readonly Finding[], codes: readonly FindingCode[]): readonly Finding[] {
  return codes.flatMap((code) => findings.filter((it) => it.code === code));
}

function describeLook(seen: Seen): readonly string[] {
  const { survey, carriers, flows, wanted } = seen;
  const { name } = wanted.service;
  const pods = `${plural(carriers.length, 'caller')} with a proxy, their scope and ports`;
  const rules = `${plural(survey.virtualServices.length, 'VirtualService')} and the fault's own routes`;
  if (flows === undefined) return [`istiod`, `Service ${name}`, pods, rules];
  const { faulted, clean } = totalOf(seen);
  const counters = `their counters (${plural(clean, 'request')} to ${name} passed, ${faulted} hit)`;
  return ['istiod', `Service ${name}`, pods, rules, counters];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
