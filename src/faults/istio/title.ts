import { formatDuration } from '../../model/duration.ts';
import type { IstioFault, HttpMatch, IstioFaultSpec, StringMatch } from '../../model/fault.ts';

/** One line for people, e.g. `7s delay on ratings for end-user=jason`. */
export function titleOf({ spec }: IstioFault): string {
  const where = spec.gateway ? `${spec.service} at the gateway` : spec.service;
  const conditions = [
    ...conditionsOf(spec.match),
    ...Object.entries(spec.from ?? {}).map(([k, v]) => `from ${k}=${v}`),
  ];
  return `${effectOf(spec)} on ${where}${conditions.length === 0 ? '' : ` for ${conditions.join(', ')}`}`;
}

function effectOf({ delay, abort }: IstioFaultSpec): string {
  const share = (percentage: number) => (percentage < 100 ? ` of ${percentage}%` : '');
  const parts = [
    ...(delay ? [`${formatDuration(delay.fixedDelay)} delay${share(delay.percentage)}`] : []),
    ...(abort ? [`abort ${abort.grpcStatus ?? abort.httpStatus}${share(abort.percentage)}`] : []),
  ];
  return parts.join(' and ');
}

/** The conditions of a match, each as `end-user=jason`. */
export function conditionsOf(match: HttpMatch): string[] {
  const { uri, method, scheme, authority, headers = {}, queryParams = {}, withoutHeaders = {}, port } = match;
  const named = { path: uri, method, scheme, authority };
  return [
    ...Object.entries(named).flatMap(([name, condition]) => (condition ? [condense(name, condition)] : [])),
    ...Object.entries(headers).map(([name, condition]) => condense(name, condition)),
    ...Object.entries(queryParams).map(([name, condition]) => condense(`?${name}`, condition)),
    ...Object.entries(withoutHeaders).map(([name, condition]) => `not ${condense(name, condition)}`),
    ...(port === undefined ? [] : [`port ${port}`]),
  ];
}

function condense(name: string, { exact, prefix, regex }: StringMatch): string {
  if (exact !== undefined) return `${name}=${exact}`;
  if (prefix !== undefined) return `${name}=${prefix}*`;
  return regex === undefined ? `any ${name}` : `${name}~${regex}`;
}
