import type { Millis } from '../../model/clock.ts';
import type { Sample } from '../../model/sample.ts';
import type { AnswerChecks } from '../checks/answer-checks.ts';
import type { Client, Delivery } from '../http/client.ts';
import type { PreparedRequest } from '../http/prepared-request.ts';

/** One request on its way to becoming a sample. */
export interface Shot {
  /** Never rejects. */
  readonly sample: Promise<Sample>;
  /** Ends it at once as `aborted`; the sample is marked as straddling. */
  abort(): void;
}

/** Sends a request that was due at `due` and checks its answer. */
export function shoot(client: Client, request: PreparedRequest, checks: AnswerChecks, due: Millis): Shot {
  const flight = client.send(request, due, checks.needsBody);
  return {
    sample: flight.delivery.then((delivery) => sampleOf(delivery, checks, due)),
    abort: flight.abort,
  };
}

function sampleOf(delivery: Delivery, checks: AnswerChecks, due: Millis): Sample {
  const { sent, end, status, error, timings, bytes, retried } = delivery;
  return {
    due,
    sent,
    end,
    ...(status !== undefined && { status }),
    ...(error !== undefined && { error: error.kind, errorDetail: error.detail }),
    timings,
    bytes,
    ...(retried && { retried: true as const }),
    ...failedChecks(delivery, checks, due),
    ...(error?.kind === 'aborted' && { straddles: true as const }),
  };
}

function failedChecks(
  { error, status, headers, end, body }: Delivery,
  checks: AnswerChecks,
  due: Millis,
): Pick<Sample, 'failed'> {
  if (error !== undefined || status === undefined) return {};
  const failed = checks.run({ status, headers, latency: end - due, ...(body !== undefined && { body }) });
  return failed.length === 0 ? {} : { failed };
}
