import { describe, expect, it } from 'vitest';
import { type Fields, destinationRule, ROUTE, virtualService, withFault } from '../../helpers/istio-admit.ts';

describe('admission warnings', () => {
  const jason = { headers: { 'end-user': { exact: 'jason' } } };
  const rules = (...http: Fields[]): readonly string[] =>
    virtualService({ hosts: ['a'], http: http.map((rule) => ({ route: ROUTE, ...rule })) }).warnings;

  it('tell of an abort without type', () => {
    expect(withFault({ abort: {} })).toEqual({ warnings: ['abort configured, but error type not set'] });
  });

  it('tell of rules that are never used', () => {
    expect(rules({}, {})).toEqual(['virtualService rule #1 not used (only the last rule can have no matches)']);
    expect(rules({}, { name: 'jason', match: [jason] })).toEqual([
      'virtualService rule "jason" not used (route without matches defined before)',
    ]);
    expect(rules({ match: [jason] }, { match: [{ name: 'again', ...jason }] })).toEqual([
      'virtualService rule #1 match "again" is not used (duplicate/overlapping match in rule #0)',
      'virtualService rule #1 not used (all matches used by prior rules)',
    ]);
  });

  it('tell of a longer prefix behind a shorter one', () => {
    expect(rules({ match: [{ uri: { prefix: '/api' } }] }, { match: [{ uri: { prefix: '/api/v1' } }] })).toEqual([
      'virtualService rule #1 match #0 of prefix /api/v1 is not used (duplicate/overlapping match in rule #0 of prefix /api on #0)',
    ]);
    expect(
      rules({ match: [{ uri: { prefix: '/api' }, ...jason }] }, { match: [{ uri: { prefix: '/api/v1' } }] }),
    ).toEqual([]);
  });

  it('tell of deprecated outlier detection', () => {
    const trafficPolicy = { outlierDetection: { consecutiveErrors: 5 } };
    expect(destinationRule({ host: 'a', trafficPolicy }).warnings).toEqual([
      'outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead',
    ]);
  });
});
