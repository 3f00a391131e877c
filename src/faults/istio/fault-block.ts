import type { Millis } from '../../model/clock.ts';
import type { IstioFaultSpec } from '../../model/fault.ts';
import type { JsonObject } from '../../model/json.ts';

/** Istio's HTTPFaultInjection. The percentage is always written: absent would mean none at all. */
export function faultBlock({ delay, abort }: IstioFaultSpec): JsonObject {
  return {
    ...(delay && { delay: { percentage: { value: delay.percentage }, fixedDelay: istioDuration(delay.fixedDelay) } }),
    ...(abort && {
      abort: {
        percentage: { value: abort.percentage },
        ...(abort.grpcStatus === undefined ? { httpStatus: abort.httpStatus } : { grpcStatus: abort.grpcStatus }),
      },
    }),
  };
}

/** 7000 -> `7s`, 500 -> `500ms`; the form of Istio's documentation, which every version reads. */
export function istioDuration(ms: Millis): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${Math.round(ms)}ms`;
}

/** Response flags that Envoy gives the requests that the fault hits. */
export function faultFlags({ delay, abort }: IstioFaultSpec): readonly ('DI' | 'FI')[] {
  return [...(delay ? (['DI'] as const) : []), ...(abort ? (['FI'] as const) : [])];
}
