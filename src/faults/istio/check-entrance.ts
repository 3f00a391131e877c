import type { Experiment } from '../../model/experiment.ts';
import type { IstioFault } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import { whereOf } from '../../model/place.ts';
import { routesAtEntrance } from './entrance.ts';
import type { Survey } from './survey.ts';
import type { Target } from './targets.ts';
import { boundGateways } from './virtual-service.ts';

/** Whether any request of the hypothesis comes to the routes at the gateway that get the fault. */
export function checkEntrance(
  fault: IstioFault,
  experiment: Experiment,
  { virtualServices }: Survey,
  targets: readonly Target[],
): readonly Finding[] {
  // A delegate's routes take what is left of its root's.
  if (!fault.spec.gateway || targets.length === 0 || targets.some(({ before }) => boundGateways(before).length === 0))
    return [];
  const faulted = new Set(targets.flatMap(({ routes }) => routes));
  const watched = experiment.hypothesis.filter((it) => it.during.includes('fault')).map(({ http }) => http);
  const { proof } = fault;
  // A proof asked as a user whom no probe watches says what the fault must leave alone.
  const isForOthers = proof !== undefined && !watched.some((http) => http.session === proof.http.session);
  const asked = isForOthers ? [...watched, proof.http] : watched;
  const ways = asked.map((http) => routesAtEntrance(http, virtualServices));
  if (asked.length === 0 || ways.some((way) => way === undefined || way.some(({ route }) => faulted.has(route))))
    return [];
  const paths = [...new Set(asked.map(({ path }) => path))].join(', ');
  const message = `The gateway leads none of the requests that the hypothesis makes under the fault (${paths}) by a route with the fault to ${fault.spec.service}, so none is hit.`;
  const where = whereOf(experiment, ['spec', 'faults', experiment.faults.indexOf(fault)]);
  return [
    finding(
      'ENTRANCE_ELSEWHERE',
      message,
      where,
      'Ask for a path that is led to the service, or leave `gateway: true` out.',
    ),
  ];
}
