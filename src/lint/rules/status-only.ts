import type { Experiment } from '../../model/experiment.ts';
import type { Expectation, HttpRequestSpec, StatusPattern } from '../../model/hypothesis.ts';
import { isSameRequest } from '../implied.ts';
import type { Remark } from '../rule.ts';
import { expectationPath, watchedUnderFault, type Watched } from '../watched.ts';

/** Paths that programs ask for and whose status tells the truth more often than not. */
const FOR_PROGRAMS =
  /(?:^|\/)(?:api|apis|rest|rpc|graphql|v\d+|health|healthz|livez|readyz|ready|live|status|metrics|ping)(?:\/|$)/i;
const EXTENSION = /\.(?!html?$|php$|jsp$|aspx?$)\w+$/i;

/**
 * A page answers 200 with parts of it missing. When something behind it is broken and its status is all that is looked
 * at, the experiment passes whatever the user sees. Source: Bookinfo's productpage, which never answers anything else.
 */
export function statusOnly(experiment: Experiment): readonly Remark[] {
  // A status that is said to break does not hide anything.
  if (experiment.expected !== undefined) return [];
  const inner = experiment.faults.find(({ spec }) => spec.driver === 'istio' && !spec.gateway);
  if (inner === undefined) return [];
  const watched = watchedUnderFault(experiment);
  return watched
    .filter(
      ({ probe, expect }) =>
        isPage(probe.http) && asksForStatusOnly(expect) && !isShownByStatus(probe.http, experiment),
    )
    .filter((it) => !isSeenByAnother(it, watched))
    .map((it) => ({
      code: 'STATUS_ONLY',
      message: `Probe "${it.probe.name}" looks at nothing but the status of ${it.probe.http.path}; a page can answer 200 with parts of it missing, and passes then whatever "${inner.name}" does.`,
      path: expectationPath(it, 'status'),
      hint: 'Say what the page must show (`body: {contains: ...}`), or how soon it must come (`within`).',
    }));
}

function isPage({ method, path, headers }: HttpRequestSpec): boolean {
  const accepts = Object.entries(headers).find(([name]) => name.toLowerCase() === 'accept')?.[1] ?? 'text/html';
  const address = path.split(/[?#]/, 1)[0] ?? '';
  return method === 'GET' && /html|\*\/\*/.test(accepts) && !FOR_PROGRAMS.test(address) && !EXTENSION.test(address);
}

function asksForStatusOnly({
  status = [],
  within,
  body,
  headers = {},
  latency = {},
  statuses = {},
  errors = {},
}: Expectation): boolean {
  const limits = [headers, latency, statuses, errors].flatMap((it) => Object.keys(it));
  return (
    status.length > 0 && status.every(isSuccess) && within === undefined && body === undefined && limits.length === 0
  );
}

function isSuccess(pattern: StatusPattern): boolean {
  return (pattern.kind === 'class' ? pattern.digit : Math.floor(pattern.status / 100)) === 2;
}

/** A proof on the same page that expects another status knows that this page does not hide the fault. */
function isShownByStatus(http: HttpRequestSpec, { faults }: Experiment): boolean {
  return faults.some(
    ({ proof }) =>
      proof?.http.path === http.path && (proof.expect.status ?? []).length > 0 && !proof.expect.status?.some(isSuccess),
  );
}

/** Another probe looks closer at the same page. */
function isSeenByAnother(one: Watched, all: readonly Watched[]): boolean {
  return all.some((other) => isSameRequest(other.probe.http, one.probe.http) && !asksForStatusOnly(other.expect));
}
