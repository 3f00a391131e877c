import type { Millis } from '../../model/clock.ts';
import type { StopCondition, StopWatched, StopWhen } from '../../model/stop-condition.ts';
import { overRequests, requestExpectation } from './expectation.ts';
import { httpRequest } from './http.ts';
import { complain } from './said.ts';
import { duration, line, mapping, numberIn, rateText } from './scalars.ts';

/** As in a probe: nothing that a canary meets needs more. */
const MOST_IN_FLIGHT = 1000;

export const DEFAULT_WINDOW: Millis = 5000;

/** What the file says; the window that it leaves out depends on how long the fault phase is. */
export type WrittenCondition = Omit<StopCondition, 'line' | 'window'> & { readonly window?: Millis };

/** What is wrong between its keys is told by `check-stop-conditions.ts`, which sees the hypothesis too. */
export const stopCondition = mapping({
  name: line().meta({ description: 'Unique among the stop conditions.', examples: ['nobody gets a page'] }),
  probe: line()
    .optional()
    .meta({ description: 'Looks at the requests of this probe of the hypothesis; or give `http`.' }),
  http: httpRequest.optional().meta({
    description: 'Sends requests of its own, which do not count for the hypothesis.',
    examples: [{ path: '/productpage' }],
  }),
  rate: rateText()
    .optional()
    .meta({ description: 'With `http`: how they leave; default 1/s.', examples: ['10/s'] }),
  expect: requestExpectation.optional().meta({ description: 'With `http`: what makes each of them good.' }),
  window: duration(1)
    .optional()
    .meta({ description: 'How far back it looks; default 5s, or the fault phase where that is shorter.' }),
  minSamples: numberIn({ min: 1, max: 1_000_000 }).optional().meta({
    description:
      'Requests that the window needs before it says anything; default what the statement needs, at least 5.',
  }),
  good: overRequests.good.meta({ description: 'Stops at this share of good requests.', examples: ['< 50%'] }),
  latency: overRequests.latency.meta({ description: 'Stops at these latencies.', examples: [{ p95: '> 8s' }] }),
  statuses: overRequests.statuses.meta({ description: 'Stops at these shares.', examples: [{ '5xx': '> 20%' }] }),
  errors: overRequests.errors.meta({ description: 'Stops at these shares.', examples: [{ timeout: '> 10%' }] }),
}).transform((written, context): WrittenCondition => {
  const { name, probe, http, rate, expect, window, minSamples, good, latency, statuses, errors } = written;
  const when: StopWhen = {
    ...(good && { good }),
    ...(latency && { latency }),
    ...(statuses && { statuses }),
    ...(errors && { errors }),
  };
  if (Object.values(when).flatMap((it) => Object.keys(it)).length === 0)
    return complain(context, 'this never stops anything', 'Add good, latency, statuses or errors.');
  const watched = watchedOf(probe, http, rate, expect);
  if (watched === undefined)
    return complain(context, 'this looks at no requests', 'Add `probe: <name>`, or `http` for requests of its own.');
  return {
    name,
    watched,
    when,
    ...(window !== undefined && { window }),
    ...(minSamples !== undefined && { minSamples }),
  };
});

type Canary = Extract<StopWatched, { kind: 'canary' }>;

function watchedOf(
  probe: string | undefined,
  http: Canary['http'] | undefined,
  perSecond = 1,
  expect: Canary['expect'] = {},
): StopWatched | undefined {
  if (probe !== undefined) return { kind: 'probe', probe };
  if (http === undefined) return undefined;
  return { kind: 'canary', http, pacing: { kind: 'open', perSecond, maxInFlight: MOST_IN_FLIGHT }, expect };
}
