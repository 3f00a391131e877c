import { durationMs } from './duration.ts';
import type { FaultSpec } from './objects.ts';
import type { Fault } from './route-table.ts';
import { shareOf } from './share.ts';

/** gRPC status numbers by their canonical names. */
export const GRPC_STATUS: Readonly<Record<string, number>> = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
};

/** A route's fault; a missing percentage means 0 %, which is no fault (Istio's route.go, TranslateFault). */
export function compileFault(spec: FaultSpec | undefined): Fault | undefined {
  if (!spec) return undefined;
  const delay = compileDelay(spec.delay);
  const abort = compileAbort(spec.abort);
  return delay || abort ? { ...(delay ? { delay } : {}), ...(abort ? { abort } : {}) } : undefined;
}

function compileDelay(spec: FaultSpec['delay']): Fault['delay'] {
  const delayMs = durationMs(spec?.fixedDelay);
  if (!spec || delayMs === undefined || delayMs <= 0) return undefined;
  return { delayMs, share: shareOf(spec.percentage ? spec.percentage.value : spec.percent) };
}

function compileAbort(spec: FaultSpec['abort']): Fault['abort'] {
  const share = shareOf(spec?.percentage?.value);
  if (spec?.httpStatus !== undefined) return { share, httpStatus: spec.httpStatus };
  const grpcStatus = GRPC_STATUS[spec?.grpcStatus ?? ''];
  return grpcStatus === undefined ? undefined : { share, grpcStatus };
}
