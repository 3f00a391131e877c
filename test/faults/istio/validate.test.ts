import { describe, expect, it } from 'vitest';
import { istioDuration } from '../../../src/faults/istio/fault-block.ts';
import { createIstioDriver } from '../../../src/faults/istio/istio-driver.ts';
import type { IstioFault, IstioFaultSpec } from '../../../src/model/fault.ts';
import { aProbe } from '../../helpers/an-experiment.ts';
import { experiment, fault } from '../../helpers/istio-world.ts';

const driver = createIstioDriver();

function troubles(spec: Partial<IstioFaultSpec>): string[] {
  const what = fault(spec);
  return driver.validate(what, experiment(what)).map((finding) => finding.message);
}

describe('a fault in a file', () => {
  it.each<[string, Partial<IstioFaultSpec>, RegExp]>([
    ['neither delays nor aborts', { delay: undefined }, /neither a delay nor an abort/],
    ['is for no request at all', { delay: { fixedDelay: 1, percentage: 0 } }, /percentage 0 .* would be no fault/],
    ['is for more than all', { abort: { httpStatus: 500, percentage: 101 } }, /percentage 101/],
    ['delays by less than Istio can', { delay: { fixedDelay: 0.5, percentage: 100 } }, /0.5 ms/],
    ['aborts with a status that Envoy rejects', { abort: { httpStatus: 600, percentage: 100 } }, /600 is not between/],
    ['aborts with two statuses', { abort: { httpStatus: 500, grpcStatus: 'OK', percentage: 1 } }, /not both/],
    [
      'aborts with a gRPC status that does not exist',
      { abort: { grpcStatus: 'DOWN', percentage: 1 } },
      /"DOWN" is no gRPC/,
    ],
    ['chooses callers at a gateway', { gateway: true, from: { a: 'b' } }, /means nothing with `gateway: true`/],
    ['has a regex that RE2 does not take', { match: { uri: { regex: '(?<=a)b' } } }, /match uri: .*RE2/],
    ['has an empty prefix', { match: { headers: { x: { prefix: '' } } } }, /headers x: an empty prefix/],
    [
      'names two ways of matching',
      { match: { method: { exact: 'GET', prefix: 'G' } } },
      /one of exact, prefix and regex/,
    ],
    ['puts the method among the headers', { match: { headers: { method: { exact: 'GET' } } } }, /write match.method/],
  ])('that %s is refused', (_what, spec, message) => {
    expect(troubles(spec)).toEqual([expect.stringMatching(message) as string]);
  });

  it('is accepted when Istio would take and keep it', () => {
    expect(troubles({ match: { uri: { prefix: '' }, headers: { 'end-user': {} } }, from: { app: 'x' } })).toEqual([]);
  });

  it('must be told apart from its neighbours', () => {
    const pair = [fault({}, 'slow ratings'), fault({ service: 'ratings.default' }, 'Slow Ratings')] as const;
    const [first, second] = pair.map((one) => driver.validate(one, experiment(...pair)).map(({ code }) => code));
    expect([first, second]).toEqual([[], ['FAULT_INVALID']]);
    const other = fault({ service: 'ratings.default.svc.cluster.local' }, 'other');
    const codes = (...both: readonly [IstioFault, IstioFault]) =>
      driver.validate(both[1], experiment(...both)).map(({ code }) => code);
    expect(codes(pair[0], other)).toEqual(['FAULTS_OVERLAP', 'FAULTS_ALIKE']);
    const proof = { http: aProbe().http, expect: {} };
    expect(codes({ ...pair[0], proof }, { ...other, proof })).toEqual(['FAULTS_OVERLAP']);
    const broken = fault({ abort: { httpStatus: 500, percentage: 100 } }, 'broken');
    expect(codes(pair[0], broken)).toEqual(['FAULTS_OVERLAP']);
    const down = fault({ abort: { httpStatus: 503, percentage: 100 } }, 'down');
    expect(codes(broken, down)).toEqual(['FAULTS_OVERLAP']);
    const slowAndDown = fault({ ...pair[0].spec, ...down.spec }, 'slow and down');
    expect(codes(broken, slowAndDown)).toEqual(['FAULTS_OVERLAP', 'FAULTS_ALIKE']);
    const [fromReviews, fromPage] = ['reviews', 'productpage'].map((app) =>
      fault({ from: { app } }, `slow for ${app}`),
    );
    expect(codes(fromReviews!, fromPage!)).toEqual(['FAULTS_OVERLAP']);
  });

  it('has a title that says what it does, to whom', () => {
    const jason = { headers: { 'end-user': { exact: 'jason' } } };
    expect(driver.title(fault({ match: jason }))).toBe('7s delay on ratings for end-user=jason');
    const mixed = { delay: { fixedDelay: 500, percentage: 50 }, abort: { grpcStatus: 'INTERNAL', percentage: 100 } };
    expect(driver.title(fault({ ...mixed, gateway: true, match: { uri: { prefix: '/a' } } }))).toBe(
      '500ms delay of 50% and abort INTERNAL on ratings at the gateway for path=/a*',
    );
    expect(driver.title(fault({ from: { app: 'reviews' } }))).toBe('7s delay on ratings for from app=reviews');
  });

  it('writes durations as Istio does', () => {
    expect([1, 500, 7000, 90_000, 1500].map(istioDuration)).toEqual(['1ms', '500ms', '7s', '90s', '1500ms']);
  });
});
