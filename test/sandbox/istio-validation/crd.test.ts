import { describe, expect, it } from 'vitest';
import type { IstioAnswer } from '../../../src/sandbox/istio-validation/istio-admission.ts';
import {
  destinationRule,
  gateway,
  virtualService,
  withFault,
  withMatch,
  withRoute,
} from '../../helpers/istio-admit.ts';

const denial = (text: string): string =>
  `admission webhook "rev.validation.istio.io" denied the request: configuration is invalid: ${text}`;
describe('layer A, the CRDs of Istio 1.23 and later (422)', () => {
  const rows: [string, IstioAnswer, string, string, string][] = [
    [
      'a delay below 1ms',
      withFault({ delay: { fixedDelay: '999us' } }),
      'spec.http[0].fault.delay.fixedDelay',
      'FieldValueInvalid',
      'Invalid value: "string": must be a valid duration greater than 1ms',
    ],
    [
      'timeout 0s',
      withRoute({ timeout: '0s' }),
      'spec.http[0].timeout',
      'FieldValueInvalid',
      'Invalid value: "string": must be a valid duration greater than 1ms',
    ],
    [
      'a duration that is none',
      withRoute({ retries: { attempts: 1, perTryTimeout: '7' } }),
      'spec.http[0].retries.perTryTimeout',
      'FieldValueInvalid',
      "Invalid value: \"string\": type conversion error from 'string' to 'google.protobuf.Duration' evaluating rule: must be a valid duration greater than 1ms",
    ],
    [
      'two kinds of string match',
      withMatch({ headers: { 'end-user': { exact: 'jason', prefix: 'j' } } }),
      '<nil>',
      'FieldValueInvalid',
      'Invalid value: "": "spec.http[0].match[0].headers.end-user" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
    [
      'two kinds of abort',
      withFault({ abort: { httpStatus: 500, grpcStatus: 'UNAVAILABLE' } }),
      '<nil>',
      'FieldValueInvalid',
      'Invalid value: "": "spec.http[0].fault.abort" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
    [
      'two kinds of delay',
      withFault({ delay: { fixedDelay: '1s', exponentialDelay: '1s' } }),
      '<nil>',
      'FieldValueInvalid',
      'Invalid value: "": "spec.http[0].fault.delay" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
    [
      'a destination without host',
      withRoute({ route: [{ destination: { subset: 'v1' } }] }),
      'spec.http[0].route[0].destination.host',
      'FieldValueRequired',
      'Required value',
    ],
    [
      'a route entry without destination',
      withRoute({ route: [{ weight: 100 }] }),
      'spec.http[0].route[0].destination',
      'FieldValueRequired',
      'Required value',
    ],
    [
      'a direct response without status',
      virtualService({ hosts: ['ratings'], http: [{ directResponse: {} }] }),
      'spec.http[0].directResponse.status',
      'FieldValueRequired',
      'Required value',
    ],
    [
      'a DestinationRule without host',
      destinationRule({ subsets: [] }),
      'spec.host',
      'FieldValueRequired',
      'Required value',
    ],
    [
      'a load balancer that does not exist',
      destinationRule({ host: 'ratings', trafficPolicy: { loadBalancer: { simple: 'FASTEST' } } }),
      'spec.trafficPolicy.loadBalancer.simple',
      'FieldValueNotSupported',
      'Unsupported value: "FASTEST": supported values: "UNSPECIFIED", "LEAST_CONN", "RANDOM", "PASSTHROUGH", "ROUND_ROBIN", "LEAST_REQUEST"',
    ],
    [
      'a connect timeout of 0s',
      destinationRule({ host: 'ratings', trafficPolicy: { connectionPool: { tcp: { connectTimeout: '0s' } } } }),
      'spec.trafficPolicy.connectionPool.tcp.connectTimeout',
      'FieldValueInvalid',
      'Invalid value: "string": must be a valid duration greater than 1ms',
    ],
    [
      'a Gateway server without hosts',
      gateway({ servers: [{ port: { number: 80, protocol: 'HTTP', name: 'http' } }] }),
      'spec.servers[0].hosts',
      'FieldValueRequired',
      'Required value',
    ],
  ];

  it.each(rows)('refuses %s', (_what, answer, field, reason, message) => {
    expect(answer.denied).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(answer.denied?.causes?.[0]).toEqual({ field, reason, message });
    expect(answer.denied?.message).toMatch(/^\w+\.networking\.istio\.io "x" is invalid: \[?/);
    expect(answer.denied?.message).toContain(`${field}: ${message}`);
  });

  it('says that rules were not checked when a field is missing', () => {
    const { denied } = withRoute({ timeout: '0s', route: [{}] });
    expect(denied?.message).toBe(
      'VirtualService.networking.istio.io "x" is invalid: [spec.http[0].route[0].destination: Required value, <nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
    );
  });

  it('takes exactly 1ms, and an empty string match', () => {
    expect(withFault({ delay: { fixedDelay: '1ms' } }).denied).toBeUndefined();
    expect(withMatch({ headers: { 'end-user': {} } }).denied).toBeUndefined();
  });

  it('is not there before 1.23, where the webhook has the word', () => {
    expect(withRoute({ timeout: '0s' }, 22).denied).toMatchObject({
      code: 400,
      message: denial('duration must be greater than 1ms'),
    });
    expect(withFault({ abort: { httpStatus: 500, grpcStatus: 'OK' } }, 22).denied).toBeUndefined();
  });

  it('refuses wrong types in every version', () => {
    const { denied } = withFault({ abort: { httpStatus: '500' } }, 22);
    expect(denied?.causes).toEqual([
      {
        field: 'spec.http[0].fault.abort.httpStatus',
        reason: 'FieldValueTypeInvalid',
        message:
          'Invalid value: "string": spec.http[0].fault.abort.httpStatus in body must be of type integer: "string"',
      },
    ]);
  });
});
