import type { Experiment } from '../../model/experiment.ts';
import type { Fault, HttpMatch } from '../../model/fault.ts';
import type { HttpRequestSpec } from '../../model/hypothesis.ts';
import type { Remark } from '../rule.ts';
import { comesByItself, headersOf } from '../sent-headers.ts';
import { mayMatch } from '../string-condition.ts';
import { watchedUnderFault } from '../watched.ts';

/** A gateway sees requests as the probes send them: a condition that none of them fulfils is never met. */
export function gatewayMissed(experiment: Experiment): readonly Remark[] {
  const watched = watchedUnderFault(experiment).map(({ probe }) => probe.http);
  return experiment.faults.flatMap((fault, index): Remark[] => {
    const { spec, name, proof } = fault;
    if (spec.driver !== 'istio' || !spec.gateway) return [];
    // A proof asked as a user whom no probe watches says what the fault must leave alone.
    const isForOthers = proof !== undefined && !watched.some((http) => http.session === proof.http.session);
    const asked = isForOthers ? [...watched, proof.http] : watched;
    if (asked.some((http) => mayBeHit(http, spec.match, experiment))) return [];
    return [
      {
        code: 'GATEWAY_MISSED',
        message: `"${name}" hits requests at the gateway by its \`match\`, and no probe that looks under the fault makes such a request: none is hit.`,
        path: ['spec', 'faults', index, keyOf(fault), 'match'],
        hint: 'Compare path, method, headers and query of the probes with the conditions.',
      },
    ];
  });
}

function mayBeHit(http: HttpRequestSpec, match: HttpMatch, experiment: Experiment): boolean {
  // Where a redirect leads, and what an address of its own goes through, is not known here.
  if (http.followRedirects || !http.path.startsWith('/')) return true;
  const { pathname, searchParams } = new URL(http.path, 'http://gateway');
  const query = new Map([...searchParams, ...Object.entries(http.query)]);
  const headers = headersOf(http, experiment);
  const { uri, method, queryParams = {} } = match;
  return (
    (uri === undefined || mayMatch(uri, pathname, match.ignoreUriCase)) &&
    (method === undefined || mayMatch(method, http.method)) &&
    Object.entries(queryParams).every(([name, condition]) => mayMatch(condition, query.get(name))) &&
    Object.entries(match.headers ?? {}).every(
      ([name, condition]) => comesByItself(name) || mayMatch(condition, headers.get(name)),
    )
  );
}

function keyOf({ spec }: Fault): string {
  return spec.driver === 'istio' && spec.delay === undefined ? 'abort' : 'delay';
}
