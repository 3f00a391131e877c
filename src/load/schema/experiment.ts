import * as z from 'zod';
import type { ExpectedVerdict, IngressSpec } from '../../model/experiment.ts';
import type { HypothesisProbe, Pacing, SessionSpec } from '../../model/hypothesis.ts';
import type { Phase, PhasePlan } from '../../model/phase.ts';
import { PHASES } from '../../model/phase.ts';
import { parseConfidence, parseShareThreshold } from '../../model/parse-threshold.ts';
import { expectation } from './expectation.ts';
import { fault } from './fault.ts';
import { httpRequest, loginRequest, requestHeaders } from './http.ts';
import { complain, said } from './said.ts';
import { stopCondition } from './stop-condition.ts';
import { duration, line, mapping, numberIn, parsedText, rateText, REFERENCE, textMap } from './scalars.ts';

export const API_VERSION = 'holdfast.dev/v1alpha1';
export const KIND = 'Experiment';

/** RFC 1123 label, as Kubernetes names have it. */
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_ALLOWED = 'Allowed: lower-case letters, digits and dashes, 63 at most, a letter or digit at both ends.';

function dnsLabel() {
  return z
    .string()
    .meta({ pattern: `^(?:${REFERENCE}|[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$` })
    .check(
      z.superRefine((text, context) => {
        if (!DNS_LABEL.test(text))
          context.addIssue({ code: 'custom', message: said(`\`${text}\` is not a DNS-1123 label`, DNS_ALLOWED) });
      }),
    );
}

const burst = mapping({
  concurrency: numberIn({ min: 1, max: 10_000 }).meta({ description: 'Requests under way at once.' }),
  requests: numberIn({ min: 1, max: 1_000_000 }).meta({ description: 'Requests in all.' }),
}).transform((written, context): Pacing => {
  if (written.concurrency <= written.requests) return { kind: 'closed', ...written };
  return complain(context, '`concurrency` is higher than `requests`: so many are never under way', undefined, [
    'concurrency',
  ]);
});
const rate = z.union([rateText(), burst]);

const during = z
  .array(z.enum(PHASES))
  .min(1, { error: 'this list is empty' })
  .check(z.refine((phases) => new Set(phases).size === phases.length, { error: 'a phase stands here twice' }));

const ALL_GOOD = parseShareThreshold('>= 100%');

export const probe = mapping({
  name: line().meta({ description: 'Unique within the experiment.', examples: ['jason gets his page with reviews'] }),
  http: httpRequest.meta({ description: 'The request.', examples: [{ path: '/productpage' }] }),
  rate: rate.optional().meta({
    description: 'How requests leave: a rate such as 2/s (default 1/s), or a burst {concurrency, requests}.',
    examples: ['2/s', '1/5s', { concurrency: 3, requests: 30 }],
  }),
  maxInFlight: numberIn({ min: 1, max: 100_000 }).optional().meta({
    description: 'Requests under way at once, at most; what is due beyond that is counted as dropped. Default 1000.',
  }),
  expect: expectation.meta({ description: 'What must hold.' }),
  during: during.optional().meta({ description: 'Phases in which it must hold; default all three.' }),
  underFault: mapping({ expect: expectation })
    .optional()
    .meta({ description: 'Keys that replace those of `expect` while the fault is in.' }),
}).transform((written, context): Omit<HypothesisProbe, 'line'> => {
  const phases: readonly Phase[] = written.during ?? PHASES;
  return {
    name: written.name,
    http: written.http,
    pacing: pacingOf(written.rate, written.maxInFlight, context),
    expect: { ...(ALL_GOOD.ok && { good: ALL_GOOD.value }), ...written.expect },
    during: phases,
    ...(written.underFault && { underFault: written.underFault.expect }),
  };
});

function pacingOf(
  rate: number | Pacing | undefined,
  maxInFlight: number | undefined,
  context: z.core.ParsePayload,
): Pacing {
  if (rate === undefined || typeof rate === 'number')
    return { kind: 'open', perSecond: rate ?? 1, maxInFlight: maxInFlight ?? 1000 };
  if (maxInFlight === undefined) return rate;
  return complain(context, '`maxInFlight` belongs to an open rate; a burst has its concurrency', undefined, [
    'maxInFlight',
  ]);
}

const session = mapping({
  login: loginRequest.optional().meta({ description: 'Made once, at the start of the run; its cookies are kept.' }),
  headers: requestHeaders.optional().meta({ description: 'Sent with every request of the session.' }),
}).transform((written): SessionSpec => ({
  ...(written.login && { login: written.login }),
  headers: written.headers ?? {},
}));

const ingress = mapping({
  gateway: z
    .string()
    .regex(/^(?:[a-z0-9-]+\/)?[a-z0-9.-]+$/, {
      error: said('this is not the name of a Gateway', 'Allowed: name or namespace/name.'),
    })
    .optional(),
  host: line()
    .optional()
    .meta({ description: 'Host header and SNI.', examples: ['bookinfo.example.com'] }),
  url: z
    .string()
    .check(
      z.refine((text) => /^https?:\/\/[^/]/.test(text) && URL.canParse(text), {
        error: said('this is not an http or https URL', 'Allowed: such as http://192.168.3.13:31966.'),
      }),
    )
    .optional()
    .meta({ description: 'Skips discovery.' }),
}).transform((written): IngressSpec => written);

export const DEFAULT_PHASES: PhasePlan = { baseline: 5000, fault: 30_000, recovery: { within: 30_000, stable: 3000 } };

const phases = mapping({
  baseline: duration(1).optional().meta({ description: 'Default 5s.' }),
  fault: duration(1).optional().meta({ description: 'Default 30s.' }),
  recovery: mapping({
    within: duration(1).optional().meta({ description: 'Longest wait for the hypothesis to hold again; default 30s.' }),
    stable: duration(1).optional().meta({ description: 'How long it must then keep holding; default 3s.' }),
  }).optional(),
}).transform((written): PhasePlan => ({
  ...DEFAULT_PHASES,
  ...written,
  recovery: { ...DEFAULT_PHASES.recovery, ...written.recovery },
}));

const expected = mapping({
  verdict: z.literal('failed', {
    error: said('only `failed` can be expected', 'Leave `expected` out when the experiment must pass.'),
  }),
  because: line().meta({ description: 'The weakness, and what will fix it.' }),
}).transform((written): ExpectedVerdict => written);

const confidence = parsedText(
  parseConfidence,
  String.raw`\d+(?:\.\d+)?\s*%`,
  'a share from 50% to 99.99%, such as 95%',
);

const spec = mapping({
  description: z.string().optional().meta({ description: 'What is shown, in a sentence or two.' }),
  namespace: dnsLabel().optional().meta({ description: 'Where short service names resolve; default "default".' }),
  variables: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .meta({ description: 'Values for ${var:name}; --set name=value overrides them.' }),
  ingress: ingress.optional().meta({ description: 'Overrides of ingress discovery.' }),
  sessions: z.record(z.string(), session).optional().meta({ description: 'Logins by name.' }),
  setup: z
    .array(mapping({ apply: line().meta({ description: 'Manifest, relative to this file.' }) }))
    .optional()
    .meta({ description: 'Applied before the baseline, put back after recovery.' }),
  confidence: confidence.optional().meta({
    description: 'How sure a verdict on a share or a percentile under the fault must be; default 95%.',
    examples: ['99%'],
  }),
  phases: phases.optional().meta({ description: 'How long each phase lasts.' }),
  hypothesis: z
    .array(probe)
    .min(1, { error: said('the hypothesis is empty', 'Add at least one probe.') })
    .meta({ description: 'What must hold in baseline, under the fault, and after it.' }),
  faults: z
    .array(fault)
    .min(1, { error: said('there is no fault', 'Add at least one entry, such as a delay.') })
    .meta({ description: 'What is broken on purpose.' }),
  abortWhen: z.array(stopCondition).optional().meta({
    description: 'What ends the experiment at once, with everything taken back; any one of them does.',
  }),
  expected: expected.optional().meta({ description: 'A known weakness; an unexpected pass is red.' }),
});

/** The file format: one document. Its input type is what people write, its output type is made of the model's parts. */
export const experimentDocument = mapping({
  $schema: z.string().optional().meta({ description: 'JSON Schema of this file, for editors.' }),
  apiVersion: z.literal(API_VERSION),
  kind: z.literal(KIND),
  metadata: mapping({
    name: dnsLabel().meta({ description: 'Unique within a run.', examples: ['ratings-delay-7s'] }),
    labels: textMap()
      .optional()
      .meta({ description: 'For -l/--selector.', examples: [{ suite: 'nightly' }] }),
  }),
  spec,
}).meta({ title: 'Holdfast experiment', description: 'A fault, and what must hold while it lasts.' });

export type ExperimentDocument = z.output<typeof experimentDocument>;
