import { describe, expect, it } from 'vitest';
import type { IstioAnswer } from '../../../src/sandbox/istio-validation/istio-admission.ts';
import { admit, ROUTE, virtualService, withFault, withMatch, withRoute } from '../../helpers/istio-admit.ts';

const denial = (text: string): string =>
  `admission webhook "rev.validation.istio.io" denied the request: configuration is invalid: ${text}`;
/** One error that Istio keeps in a list. */
const listed = (text: string): string => `1 error occurred:\n\t* ${text}\n\n`;

describe("layer B, istiod's webhook (400), of a VirtualService", () => {
  const rows: [string, IstioAnswer, string][] = [
    [
      'a percentage over 100',
      withFault({ abort: { httpStatus: 500, percentage: { value: 100.5 } } }),
      'percentage 100.5 is neither 0.0, nor in range [0.0001, 100.0]',
    ],
    [
      'a negative percentage',
      withFault({ delay: { fixedDelay: '1s', percentage: { value: -1 } } }),
      'percentage -1 is neither 0.0, nor in range [0.0001, 100.0]',
    ],
    [
      'a percentage too small to act',
      withFault({ delay: { fixedDelay: '1s', percentage: { value: 0.00005 } } }),
      'percentage 5e-05 is neither 0.0, nor in range [0.0001, 100.0]',
    ],
    ['a status below 200', withFault({ abort: { httpStatus: 199 } }), 'HTTP status 199 is not in range 200-599'],
    ['a status above 600', withFault({ abort: { httpStatus: 601 } }), 'HTTP status 601 is not in range 200-599'],
    [
      'an unknown gRPC status',
      withFault({ abort: { grpcStatus: 'BROKEN' } }),
      'gRPC status "BROKEN" is not supported. See https://github.com/grpc/grpc/blob/master/doc/statuscodes.md for a list of supported codes, for example \'NOT_FOUND\'',
    ],
    [
      'an HTTP/2 abort',
      withFault({ abort: { http2Error: 'REFUSED_STREAM' } }),
      'HTTP/2 abort fault injection not supported yet',
    ],
    ['an empty fault', withFault({}), listed('HTTP fault injection must have an abort and/or a delay')],
    [
      'an exponential delay',
      withFault({ delay: { exponentialDelay: '1s' } }),
      listed('exponentialDelay not supported yet'),
    ],
    [
      'a delay finer than 1ms',
      withFault({ delay: { fixedDelay: '1.5ms' } }),
      'only durations to ms precision are supported',
    ],
    ['no action', withRoute({ route: [] }), 'HTTP route, redirect or direct_response is required'],
    [
      'a fault on a redirect',
      withRoute({ route: [], redirect: { uri: '/' }, fault: { delay: { fixedDelay: '1s' } } }),
      'HTTP route cannot contain both fault and redirect',
    ],
    [
      'a fault on a direct response',
      withRoute({ route: [], directResponse: { status: 503 }, fault: { abort: { httpStatus: 500 } } }),
      'HTTP route cannot contain both fault and direct_response',
    ],
    [
      'a route and a redirect',
      withRoute({ redirect: { uri: '/' } }),
      'HTTP route cannot contain both route and redirect',
    ],
    [
      'a route and a direct response',
      withRoute({ directResponse: { status: 200 } }),
      'HTTP route cannot contain both route and direct_response',
    ],
    [
      'a rewrite and a redirect',
      withRoute({ route: [], redirect: { uri: '/' }, rewrite: { uri: '/' } }),
      'HTTP route rule cannot contain both rewrite and redirect',
    ],
    [
      'a rewrite and a direct response',
      withRoute({ route: [], directResponse: { status: 200 }, rewrite: { uri: '/' } }),
      'HTTP route rule cannot contain both rewrite and direct_response',
    ],
    [
      'mirror and mirrors',
      withRoute({ mirror: { host: 'a' }, mirrors: [{ destination: { host: 'b' } }] }),
      'HTTP route cannot contain both mirror and mirrors',
    ],
    ['a negative weight', withRoute({ route: [{ ...ROUTE[0], weight: -1 }] }), 'weight -1 < 0'],
    [
      'weights that sum up to 0',
      withRoute({ route: [{ ...ROUTE[0], weight: 0 }, { destination: { host: 'b' } }] }),
      'total destination weight = 0',
    ],
    ['a null destination', withRoute({ route: [{ destination: null }] }), listed('destination is required')],
    ['host *', withRoute({ route: [{ destination: { host: '*' } }] }), 'invalid destination host *'],
    [
      'a bad subset name',
      withRoute({ route: [{ destination: { host: 'ratings', subset: 'v_1' } }] }),
      'subset name is invalid: v_1',
    ],
    ['negative attempts', withRoute({ retries: { attempts: -1 } }), listed('attempts cannot be negative')],
    [
      'a retry policy without attempts',
      withRoute({ retries: { attempts: 0, retryOn: '5xx' } }),
      'http retry policy configured when attempts are set to 0 (disabled)',
    ],
    [
      'a blank in retryOn',
      withRoute({ retries: { attempts: 2, retryOn: '5xx, reset' } }),
      '" reset" is not a valid retryOn policy',
    ],
    [
      'duplicate hosts',
      virtualService({ hosts: ['*.a.test', 'b.a.test'], http: [{ route: ROUTE }] }),
      'duplicate hosts in virtual service: *.a.test & b.a.test',
    ],
    [
      'host * in the mesh',
      virtualService({ hosts: ['*'], gateways: ['mesh', 'gw'], http: [{ route: ROUTE }] }),
      'wildcard host * is not allowed for virtual services bound to the mesh gateway',
    ],
    ['no protocol', virtualService({ hosts: ['ratings'] }), 'http, tcp or tls must be provided in virtual service'],
    ['an empty prefix', withMatch({ method: { prefix: '' } }), '"method": prefix string match should not be empty'],
    ['an empty regex', withMatch({ uri: { regex: '' } }), '"uri": regex string match should not be empty'],
    [
      'a huge regex',
      withMatch({ uri: { regex: 'a'.repeat(1025) } }),
      '"uri": regex is too large, max length allowed is 1024',
    ],
    [
      'regex * in headers',
      withMatch({ headers: { cookie: { regex: '*' } } }),
      '"headers": error parsing regexp: missing argument to repetition operator: `*`; Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)',
    ],
    ['a null header', withMatch({ headers: { 'end-user': null } }), 'header match end-user cannot be null'],
    ['a bad source namespace', withMatch({ sourceNamespace: 'a.b' }), 'sourceNamespace match a.b is invalid'],
    [
      'a mirror over 100 %',
      withRoute({ mirror: { host: 'a' }, mirrorPercentage: { value: 100.5 } }),
      'mirror_percentage must have a max value of 100 (it has 100.500000)',
    ],
    [
      'a mirror below 0 %',
      withRoute({ mirror: { host: 'a' }, mirrorPercentage: { value: -2 } }),
      'mirror_percentage must have a min value of 0 (it has -2.000000)',
    ],
    ['a null route', virtualService({ hosts: ['a'], http: [null] }), 'http route may not be null'],
    ['a null weight', withRoute({ route: [null] }), listed('weight may not be nil')],
    [
      'port 0',
      withRoute({ route: [{ destination: { host: 'a', port: {} } }] }),
      'port number 0 must be in the range 1..65535',
    ],
    ['port 70000', withMatch({ port: 70_000 }), 'port number 70000 must be in the range 1..65535'],
    [
      'a delegate on a gateway',
      virtualService({ gateways: ['gw'], http: [{ route: ROUTE }] }),
      'delegate virtual service must have no gateways specified',
    ],
    [
      'a root with a route',
      withRoute({ name: 'root', delegate: { name: 'd' } }),
      'root HTTP route root must not specify route',
    ],
    [
      'a host that is no name',
      virtualService({ hosts: ['a_b'], http: [{ route: ROUTE }] }),
      'domain name "a_b" invalid (label "a_b" invalid)',
    ],
  ];

  it.each(rows)('refuses %s', (_what, answer, text) => {
    expect(answer).toEqual({ denied: { code: 400, reason: '', message: denial(text) }, warnings: [] });
  });

  it('counts several errors and lists them', () => {
    const { denied } = withRoute({ route: [], fault: { abort: { httpStatus: 99 } } });
    expect(denied?.message).toBe(
      denial(
        '2 errors occurred:\n\t* HTTP route, redirect or direct_response is required\n\t* HTTP status 99 is not in range 200-599\n\n',
      ),
    );
  });

  it('has other names and words in old versions', () => {
    const noAction = { hosts: ['a'], http: [{}] };
    expect(virtualService(noAction, 10).denied?.message).toBe(
      'admission webhook "validation.istio.io" denied the request: configuration is invalid: HTTP route or redirect is required',
    );
    expect(virtualService(noAction, 5).denied?.message).toContain('"pilot.validation.istio.io"');
  });

  it.each([
    ['status 600, which Envoy refuses later', withFault({ abort: { httpStatus: 600 } })],
    ['a fault without percentage, which never acts', withFault({ delay: { fixedDelay: '7s' } })],
    ['an absurdly long delay', withFault({ delay: { fixedDelay: '1000h', percentage: { value: 100 } } })],
    [
      'weights that do not sum up to 100',
      withRoute({
        route: [
          { ...ROUTE[0], weight: 1 },
          { ...ROUTE[0], weight: 2 },
        ],
      }),
    ],
    ['an empty path prefix', withMatch({ uri: { prefix: '' } })],
    ['regex * in withoutHeaders', withMatch({ withoutHeaders: { cookie: { regex: '*' } } })],
    ['a delegate, which serves nobody by itself', virtualService({ http: [{ route: ROUTE }] })],
    ['host * on a gateway', virtualService({ hosts: ['*'], gateways: ['gw'], http: [{ route: ROUTE }] })],
    ['hosts and subsets that do not exist', withRoute({ route: [{ destination: { host: 'ghost', subset: 'v9' } }] })],
    ['other kinds', admit('serviceentries', 'ServiceEntry', {}, 24)],
  ])('takes %s', (_what, answer) => {
    expect(answer).toEqual({ warnings: [] });
  });
});
