import { checkDuration } from './names.ts';
import { checkPercentage } from './percentages.ts';
import type { Report } from './report.ts';
import type { Fault } from './shapes.ts';

const GRPC_STATUSES: ReadonlySet<string> = new Set([
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'UNAUTHENTICATED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

/** `fault` of a route. */
export function checkFault({ abort, delay }: Fault, report: Report): void {
  if (abort === undefined && delay === undefined) {
    report.listed('HTTP fault injection must have an abort and/or a delay');
  }
  if (abort !== undefined) checkAbort(abort, report);
  if (delay !== undefined) checkDelay(delay, report);
}

/** Istio lets 600 through, though its own text says 599. */
export function checkHttpStatus(status: number, report: Report): void {
  if (status < 200 || status > 600) report.error(`HTTP status ${status} is not in range 200-599`);
}

function checkAbort(abort: NonNullable<Fault['abort']>, report: Report): void {
  checkPercentage(abort.percentage, report);
  if (abort.grpcStatus !== undefined) checkGrpcStatus(abort.grpcStatus, report);
  else if (abort.http2Error !== undefined) report.error('HTTP/2 abort fault injection not supported yet');
  else if (abort.httpStatus !== undefined) checkHttpStatus(abort.httpStatus, report);
  else report.warn('abort configured, but error type not set');
}

function checkGrpcStatus(status: string, report: Report): void {
  if (GRPC_STATUSES.has(status)) return;
  report.error(
    `gRPC status "${status}" is not supported. See https://github.com/grpc/grpc/blob/master/doc/statuscodes.md for a list of supported codes, for example 'NOT_FOUND'`,
  );
}

function checkDelay(delay: NonNullable<Fault['delay']>, report: Report): void {
  checkPercentage(delay.percentage, report);
  if (delay.fixedDelay !== undefined) checkDuration(delay.fixedDelay, report);
  else if (delay.exponentialDelay !== undefined) {
    checkDuration(delay.exponentialDelay, report);
    report.listed('exponentialDelay not supported yet');
  }
}
