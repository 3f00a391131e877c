import { isDeepStrictEqual } from 'node:util';
import type { BodyExpectation, Expectation, HttpRequestSpec, StatusPattern } from '../model/hypothesis.ts';
import { upperLimit } from './limits.ts';

/** Whether two probes ask for the same thing as the same user. */
export function isSameRequest(one: HttpRequestSpec, two: HttpRequestSpec): boolean {
  const asked = ({ method, path, query, headers, session, body }: HttpRequestSpec) => ({
    method,
    path,
    query,
    headers,
    session,
    body,
  });
  return isDeepStrictEqual(asked(one), asked(two));
}

/** Whether each answer that is all right by `known` is all right by `asked` too; false where that is not certain. */
export function isImplied(asked: Expectation, known: Expectation): boolean {
  const { status, within, body, headers = {}, latency = {} } = asked;
  const limits = Object.values(latency).filter((limit) => limit !== undefined);
  return (
    (status === undefined || (known.status ?? []).length > 0) &&
    (known.status ?? []).every((pattern) => status === undefined || status.some((wider) => covers(wider, pattern))) &&
    (within === undefined || (known.within ?? Number.POSITIVE_INFINITY) <= within) &&
    (body === undefined || isBodyImplied(body, known.body)) &&
    Object.entries(headers).every(([name, value]) => isDeepStrictEqual(known.headers?.[name], value)) &&
    limits.every((limit) => limit.kind === 'compare' && (known.within ?? Infinity) < (upperLimit(limit) ?? 0)) &&
    Object.keys(asked.statuses ?? {}).length === 0 &&
    Object.keys(asked.errors ?? {}).length === 0 &&
    Object.keys(known.errors ?? {}).length === 0
  );
}

function covers(wider: StatusPattern, narrower: StatusPattern): boolean {
  if (wider.kind === 'exact') return narrower.kind === 'exact' && narrower.status === wider.status;
  return wider.digit === (narrower.kind === 'class' ? narrower.digit : Math.floor(narrower.status / 100));
}

function isBodyImplied(asked: BodyExpectation, known: BodyExpectation | undefined): boolean {
  if (known === undefined) return false;
  return (
    asked.contains.every((text) => known.contains.some((longer) => longer.includes(text))) &&
    asked.excludes.every((text) => known.excludes.some((shorter) => text.includes(shorter))) &&
    asked.matches.every((pattern) => known.matches.includes(pattern)) &&
    Object.entries(asked.json).every(([path, value]) => isDeepStrictEqual(known.json[path], value))
  );
}
