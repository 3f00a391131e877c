import type { Experiment } from '../../model/experiment.ts';
import type { Fault, IstioFault, HttpMatch, IstioFaultSpec, StringMatch } from '../../model/fault.ts';
import { type Finding, finding } from '../../model/finding.ts';
import { GRPC_STATUSES } from '../../model/grpc-statuses.ts';
import { parseServiceName, sameService } from './host.ts';
import { slug } from './names.ts';
import { regexTrouble } from './string-match.ts';
import { confusedWith } from './tell-apart.ts';

/** Envoy counts percentages in millionths; Istio refuses what would be rounded to nothing. */
const SMALLEST_PERCENTAGE = 0.0001;
const LONGEST_REGEX = 1024;
/** Inside `headers` these are fields of their own, which Istio ignores. */
const RESERVED_HEADERS = ['uri', 'scheme', 'method', 'authority'];

/** What the file alone shows to be wrong: everything that Istio would refuse, or take and then ignore. */
export function validateFault(fault: IstioFault, experiment: Experiment): readonly Finding[] {
  const { spec } = fault;
  const troubles = [...effectTroubles(spec), ...callerTroubles(spec), ...matchTroubles(spec.match)];
  return [
    ...troubles.map((trouble) => finding('FAULT_INVALID', `Fault "${fault.name}": ${trouble}`, fault.name)),
    ...neighbourFindings(fault, experiment),
  ];
}

function effectTroubles({ delay, abort }: IstioFaultSpec): string[] {
  const troubles: string[] = [];
  if (delay === undefined && abort === undefined) troubles.push('it has neither a delay nor an abort.');
  for (const percentage of [delay?.percentage, abort?.percentage]) {
    if (percentage === undefined || (percentage >= SMALLEST_PERCENTAGE && percentage <= 100)) continue;
    troubles.push(
      `percentage ${percentage} is not between ${SMALLEST_PERCENTAGE} and 100; 0 would be no fault at all.`,
    );
  }
  if (delay && (delay.fixedDelay < 1 || !Number.isInteger(delay.fixedDelay))) {
    troubles.push(`a delay of ${delay.fixedDelay} ms is not a whole number of milliseconds of at least 1.`);
  }
  if (abort !== undefined) troubles.push(...abortTroubles(abort));
  return troubles;
}

function abortTroubles({ httpStatus, grpcStatus }: NonNullable<IstioFaultSpec['abort']>): string[] {
  if (httpStatus === undefined && grpcStatus === undefined) return ['an abort needs httpStatus or grpcStatus.'];
  if (httpStatus !== undefined && grpcStatus !== undefined)
    return ['an abort takes httpStatus or grpcStatus, not both.'];
  if (httpStatus !== undefined && (!Number.isInteger(httpStatus) || httpStatus < 200 || httpStatus > 599)) {
    return [`HTTP status ${httpStatus} is not between 200 and 599.`];
  }
  if (grpcStatus !== undefined && !GRPC_STATUSES.includes(grpcStatus)) {
    return [`"${grpcStatus}" is no gRPC status; one of ${GRPC_STATUSES.join(', ')}.`];
  }
  return [];
}

function callerTroubles({ gateway, from }: IstioFaultSpec): string[] {
  if (gateway && from !== undefined)
    return ['`from` chooses pods inside the mesh and means nothing with `gateway: true`.'];
  if (from !== undefined && Object.keys(from).length === 0) return ['`from` names no label.'];
  return [];
}

function matchTroubles(match: HttpMatch): string[] {
  const { uri, scheme, method, authority, headers = {}, queryParams = {}, withoutHeaders = {} } = match;
  const conditions: [string, StringMatch | undefined][] = [
    ['scheme', scheme],
    ['method', method],
    ['authority', authority],
    ...Object.entries(headers).map(([name, one]): [string, StringMatch] => [`headers ${name}`, one]),
    ...Object.entries(queryParams).map(([name, one]): [string, StringMatch] => [`queryParams ${name}`, one]),
    ...Object.entries(withoutHeaders).map(([name, one]): [string, StringMatch] => [`withoutHeaders ${name}`, one]),
  ];
  const reserved = Object.keys(headers).filter((name) => RESERVED_HEADERS.includes(name));
  return [
    ...stringTroubles('uri', uri),
    ...conditions.flatMap(([what, one]) => [
      ...stringTroubles(what, one),
      ...(one?.prefix === '' ? [`match ${what}: an empty prefix is refused by Istio.`] : []),
    ]),
    ...reserved.map((name) => `match headers ${name}: Istio ignores it there; write match.${name}.`),
  ];
}

function stringTroubles(what: string, match: StringMatch | undefined): string[] {
  const { exact, prefix, regex } = match ?? {};
  const given = [exact, prefix, regex].filter((value) => value !== undefined);
  if (given.length > 1) return [`match ${what}: one of exact, prefix and regex, not several.`];
  if (regex === undefined) return [];
  if (regex === '' || regex.length > LONGEST_REGEX)
    return [`match ${what}: a regex has 1 to ${LONGEST_REGEX} characters.`];
  const trouble = regexTrouble(regex);
  return trouble === undefined ? [] : [`match ${what}: ${trouble} (Istio takes RE2's syntax).`];
}

/** Faults of one experiment share the names of their routes, and sometimes the requests. */
function neighbourFindings(fault: IstioFault, experiment: Experiment): Finding[] {
  const { faults, namespace } = experiment;
  const earlier = faults.slice(0, Math.max(0, faults.indexOf(fault)));
  return earlier.flatMap((other) => {
    if (slug(other.name) === slug(fault.name)) {
      const message = `Faults "${other.name}" and "${fault.name}" would give their routes the same names.`;
      return [finding('FAULT_INVALID', message, fault.name, 'Name them more differently.')];
    }
    if (other.spec.driver !== 'istio' || other.spec.gateway !== fault.spec.gateway) return [];
    const [one, two] = [other.spec, fault.spec].map(({ service }) => parseServiceName(service, namespace));
    if (one === undefined || two === undefined || !sameService(one, two)) return [];
    const message = `Faults "${other.name}" and "${fault.name}" are both for ${fault.spec.service}; a request that matches both gets the first that is injected.`;
    return [finding('FAULTS_OVERLAP', message, fault.name), ...countedTogether(fault, other, experiment)];
  });
}

/** The proxies count hits by service, flag and status: of two faults that share them, either could pass for the other. */
function countedTogether(fault: IstioFault, other: Fault, experiment: Experiment): Finding[] {
  const { name, proof } = fault;
  const alike = confusedWith(fault, experiment).some((one) => one === other);
  if (!alike || (proof !== undefined && other.proof !== undefined)) return [];
  const message = `Hits of faults "${other.name}" and "${name}" are counted together, so the counters prove neither.`;
  return [finding('FAULTS_ALIKE', message, name, 'Give each a `proof` that is true with this fault only.')];
}
