import * as z from 'zod';
import type { Fault, FaultSpec, HttpMatch, IstioFaultSpec, StringMatch } from '../../model/fault.ts';
import { GRPC_STATUSES } from '../../model/grpc-statuses.ts';
import type { ProofProbe } from '../../model/hypothesis.ts';
import { blade } from './blade.ts';
import { expectation } from './expectation.ts';
import { httpRequest } from './http.ts';
import { networkFaults } from './network-faults.ts';
import { podKill } from './pod-kill.ts';
import { complain, said } from './said.ts';
import { duration, flag, line, mapping, numberIn, textMap } from './scalars.ts';
import { nearestName } from '../../util/nearest-name.ts';

const stringMatch = mapping(
  { exact: z.string().optional(), prefix: z.string().optional(), regex: z.string().optional() },
  'Allowed: {exact: ...}, {prefix: ...}, {regex: ...}, or {} for "present".',
)
  .transform((match, context): StringMatch => {
    if (Object.keys(match).length <= 1) return match;
    return complain(context, 'at most one of exact, prefix and regex may stand here', 'An empty {} means "present".');
  })
  .meta({ id: 'StringMatch' });

const matches = z.record(z.string(), stringMatch);
const headerMatches = matches.transform((map) => lowerKeys(map));

const match = mapping({
  uri: stringMatch.optional().meta({ examples: [{ prefix: '/api/' }] }),
  scheme: stringMatch.optional(),
  method: stringMatch.optional().meta({ examples: [{ exact: 'GET' }] }),
  authority: stringMatch.optional(),
  headers: headerMatches.optional().meta({ examples: [{ 'end-user': { exact: 'jason' } }] }),
  queryParams: matches.optional(),
  withoutHeaders: headerMatches.optional(),
  port: numberIn({ min: 1, max: 65_535 }).optional(),
  ignoreUriCase: flag().optional(),
})
  .transform((written): HttpMatch => written)
  .meta({ id: 'HttpMatch' });

// `from: {labels: {app: web}}`, or the labels alone.
const from = z.union([mapping({ labels: textMap() }).transform(({ labels }) => labels), textMap()]).check(
  z.refine((labels) => Object.keys(labels).length > 0, {
    error: said('no label is given', 'Leave `from` out to mean every caller.'),
  }),
);

const target = {
  gateway: flag()
    .optional()
    .meta({ description: 'Into the gateway-bound routes to the service instead of the mesh-bound ones.' }),
  match: match.optional().meta({ description: 'Only requests like these; keys as in an Istio HTTPMatchRequest.' }),
  from: from.optional().meta({
    description: 'Labels of the calling pods (sourceLabels).',
    examples: [{ labels: { app: 'productpage' } }],
  }),
  replace: flag()
    .optional()
    .meta({ description: 'Replace a fault that a route already carries; otherwise such a route is refused.' }),
};
const percentage = numberIn({ min: 0.0001, max: 100, integer: false })
  .optional()
  .meta({ description: 'Share of requests, in percent; default 100.', examples: [50] });
const service = line().meta({ description: 'Service name, or its full host name.', examples: ['ratings'] });

const delay = mapping({
  service,
  ...target,
  fixedDelay: duration(1).meta({ description: 'How long requests are held back.', examples: ['7s'] }),
  percentage,
});

const grpcStatus = z.string().transform((name, context): string => {
  if (GRPC_STATUSES.includes(name)) return name;
  const nearest = nearestName(name, GRPC_STATUSES);
  const hint = `${nearest === undefined ? '' : `Did you mean ${nearest}? `}Allowed: ${GRPC_STATUSES.join(', ')}.`;
  return complain(context, `\`${name}\` is not a gRPC status`, hint);
});

const abort = mapping({
  service: service.optional(),
  ...target,
  httpStatus: numberIn({ min: 200, max: 599 })
    .optional()
    .meta({ description: 'Status answered instead of the service.', examples: [503] }),
  grpcStatus: grpcStatus
    .optional()
    .meta({ description: 'gRPC status answered instead of the service.', examples: ['UNAVAILABLE'] }),
  percentage,
}).transform((written, context) => {
  const one = (written.httpStatus === undefined) !== (written.grpcStatus === undefined);
  return one ? written : complain(context, 'an abort has exactly one of httpStatus and grpcStatus');
});

export const proof = mapping({ http: httpRequest, expect: expectation }).transform((written): ProofProbe => written);

/** One entry of `spec.faults`. Further drivers add their key here. */
export const fault = mapping({
  name: line().meta({ description: 'Unique within the experiment.', examples: ['slow ratings'] }),
  delay: delay.optional().meta({ description: "Requests are held back by the callers' proxies." }),
  abort: abort.optional().meta({ description: "Requests are answered with an error by the callers' proxies." }),
  ...networkFaults,
  podKill: podKill.optional().meta({ description: 'Pods are deleted.' }),
  blade: blade.optional().meta({ description: 'Any ChaosBlade experiment, verbatim.' }),
  startAfter: duration().optional().meta({ description: 'After the start of the fault phase; default 0s.' }),
  duration: duration(1).optional().meta({ description: 'Default: to the end of the fault phase.' }),
  proof: proof.optional().meta({ description: 'A probe that is false without the fault and true with it.' }),
}).transform((written, context): Omit<Fault, 'line'> => ({
  name: written.name,
  startAfter: written.startAfter ?? 0,
  ...(written.duration !== undefined && { duration: written.duration }),
  ...(written.proof && { proof: written.proof }),
  spec: toSpec(written, context),
}));

type IstioKeys = { readonly delay?: z.output<typeof delay>; readonly abort?: z.output<typeof abort> };
type Written = IstioKeys & Readonly<Record<string, unknown>>;

/** Keys of which one entry has exactly one; each reads as a spec. `delay` and `abort` may go together. */
const SPEC_KEYS = [...Object.keys(networkFaults), 'podKill', 'blade'];

function toSpec(written: Written, context: z.core.ParsePayload): FaultSpec {
  const istio = ['delay', 'abort'].filter((key) => written[key] !== undefined);
  const others = SPEC_KEYS.filter((key) => written[key] !== undefined);
  const allowed = `Allowed: one of ${SPEC_KEYS.join(', ')}, delay and abort; only delay and abort go together.`;
  if (istio.length + others.length === 0) return complain(context, 'this entry has no fault', allowed);
  if (others.length > 1 || (others.length > 0 && istio.length > 0))
    return complain(context, `this entry has several faults: ${[...istio, ...others].join(', ')}`, allowed);
  const [other] = others;
  return other === undefined ? toIstioSpec(written, context) : (written[other] as FaultSpec);
}

function toIstioSpec({ delay, abort }: IstioKeys, context: z.core.ParsePayload): IstioFaultSpec {
  const first = delay ?? abort;
  if (first?.service === undefined) return complain(context, '`service` is missing in `abort`', undefined, ['abort']);
  return {
    driver: 'istio',
    service: first.service,
    gateway: first.gateway ?? false,
    match: first.match ?? {},
    ...(first.from && { from: first.from }),
    replace: first.replace ?? false,
    ...(delay && { delay: { fixedDelay: delay.fixedDelay, percentage: delay.percentage ?? 100 } }),
    ...(abort && { abort: effectOf(abort) }),
  };
}

function effectOf({
  httpStatus,
  grpcStatus,
  percentage = 100,
}: z.output<typeof abort>): NonNullable<IstioFaultSpec['abort']> {
  return {
    ...(httpStatus !== undefined && { httpStatus }),
    ...(grpcStatus !== undefined && { grpcStatus }),
    percentage,
  };
}

function lowerKeys<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key.toLowerCase(), value]));
}
