import * as z from 'zod';
import type { BodyExpectation, Expectation, HeaderExpectation, StatusPattern } from '../../model/hypothesis.ts';
import { LATENCY_STATS, PROBE_ERROR_KINDS } from '../../model/hypothesis.ts';
import type { Json } from '../../model/json.ts';
import { complain, said, shown } from './said.ts';
import { duration, durationThreshold, flag, json, mapping, REFERENCE, shareThreshold } from './scalars.ts';

const STATUS_ALLOWED = 'Allowed: a status such as 200, a class such as 2xx, or a list of them.';

const statusPattern = z
  .union(
    [
      z.number().meta({ type: 'integer', minimum: 100, maximum: 599 }),
      z.string().meta({ pattern: `^(?:[1-5](?:xx|\\d\\d)|${REFERENCE})$` }),
    ],
    {
      error: (issue) =>
        issue.input == null ? undefined : said(`${shown(issue.input)} is not a status`, STATUS_ALLOWED),
    },
  )
  .transform((value, context): StatusPattern => {
    const text = String(value);
    if (/^[1-5]\d\d$/.test(text)) return { kind: 'exact', status: Number(text) };
    if (/^[1-5]xx$/i.test(text)) return { kind: 'class', digit: Number(text[0]) };
    return complain(context, `\`${text}\` is not a status`, STATUS_ALLOWED);
  });

const status = oneOrMany(statusPattern).meta({
  description: 'Status each answer must have.',
  examples: [200, '2xx', [200, 302]],
});

const text = z.string().check(z.refine((value) => value !== '', { error: 'an empty text is in every body' }));
/** Checked in `check-patterns.ts`, whose parser is loaded only when a file has one. */
const pattern = z.string();

const body = mapping({
  contains: oneOrMany(text)
    .optional()
    .meta({ description: 'Text that must be in the body.', examples: ['Reviewer1'] }),
  excludes: oneOrMany(text).optional().meta({ description: 'Text that must not be in the body.' }),
  matches: oneOrMany(pattern).optional().meta({ description: 'Regular expressions (RE2) that must match somewhere.' }),
  json: z
    .record(z.string(), json)
    .optional()
    .meta({ description: 'JSONPath (RFC 9535) to the value it must select.', examples: [{ '$.status': 'ok' }] }),
}).transform((written): BodyExpectation => ({
  contains: written.contains ?? [],
  excludes: written.excludes ?? [],
  matches: written.matches ?? [],
  json: (written.json ?? {}) as Readonly<Record<string, Json>>,
}));

const headerRule = mapping({
  contains: text.optional(),
  matches: pattern.optional(),
  present: flag().optional(),
}).transform((rule, context): HeaderExpectation => {
  const { contains, matches, present } = rule;
  if (Object.values(rule).filter((value) => value !== undefined).length === 1) {
    if (contains !== undefined) return { kind: 'contains', value: contains };
    if (matches !== undefined) return { kind: 'matches', pattern: matches };
    if (present !== undefined) return { kind: 'present', present };
  }
  return complain(context, 'a header is checked in exactly one way', 'Allowed: one of contains, matches, present.');
});

const header = z.union([z.string().transform((value): HeaderExpectation => ({ kind: 'equals', value })), headerRule], {
  error: (issue) =>
    issue.input == null
      ? undefined
      : said(
          `${shown(issue.input)} is not a header check`,
          'Allowed: the value in quotes, or {contains: ...}, {matches: ...}, {present: true}.',
        ),
});

const headers = z
  .record(z.string(), header)
  .transform((map): Readonly<Record<string, HeaderExpectation>> =>
    Object.fromEntries(Object.entries(map).map(([name, rule]) => [name.toLowerCase(), rule])),
  );

const latency = optionalKeys(LATENCY_STATS, durationThreshold());
const errors = optionalKeys(PROBE_ERROR_KINDS, shareThreshold());
const statuses = z.record(
  z.string().regex(/^[1-5](?:\d\d|xx)$/, {
    error: (issue) =>
      said(`${shown(issue.input)} is not a status code`, 'Allowed: a code such as 503, or a class such as 5xx.'),
  }),
  shareThreshold(),
);

const onEachRequest = {
  status: status.optional(),
  within: duration(1)
    .optional()
    .meta({ description: 'Longest time for each request, from due to end.', examples: ['3s'] }),
  body: body.optional().meta({ description: 'What each body must hold.' }),
  headers: headers.optional().meta({
    description: 'Response headers each answer must carry.',
    examples: [{ 'content-type': { contains: 'html' } }],
  }),
};

/** What is asked of many requests together. */
export const overRequests = {
  good: shareThreshold()
    .optional()
    .meta({
      description: 'Share of requests for which all that is checked on each request holds; default ">= 100%".',
      examples: ['>= 99%'],
    }),
  latency: latency.optional().meta({ description: 'Limits over the phase.', examples: [{ p95: '< 2.5s' }] }),
  statuses: statuses
    .optional()
    .meta({ description: 'Share of answers by status, over the phase.', examples: [{ '503': '10% .. 90%' }] }),
  errors: errors.optional().meta({
    description: 'Share of requests by error kind; a kind named here no longer makes a request bad by itself.',
  }),
};

/** What must hold; at least one key, for an empty expectation would hold always. */
export const expectation = mapping({ ...onEachRequest, ...overRequests })
  .transform((written, context): Expectation => {
    if (Object.keys(written).length > 0) return written;
    return complain(
      context,
      'this expects nothing, so it would always hold',
      'Add status, within, body, headers, latency, statuses or errors.',
    );
  })
  .meta({ id: 'Expectation' });

/** What is checked on each request, and nothing else. */
export const requestExpectation = mapping(onEachRequest)
  .transform((written, context): Expectation => {
    if (Object.keys(written).length > 0) return written;
    return complain(
      context,
      'this expects nothing, so every request would be good',
      'Add status, within, body or headers.',
    );
  })
  .meta({ id: 'RequestExpectation' });

function oneOrMany<T extends z.ZodType>(one: T) {
  const many = z.array(one).min(1, { error: 'this list is empty' });
  return z
    .union([one, many])
    .transform((value): readonly z.output<T>[] => (Array.isArray(value) ? value : [value as z.output<T>]));
}

function optionalKeys<K extends string, T extends z.ZodType>(keys: readonly K[], value: T) {
  const shape = Object.fromEntries(keys.map((key) => [key, value.optional()])) as unknown as Record<
    K,
    z.ZodOptional<T>
  >;
  return mapping(shape);
}
