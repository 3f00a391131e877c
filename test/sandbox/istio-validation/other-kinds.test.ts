import { describe, expect, it } from 'vitest';
import type { IstioAnswer } from '../../../src/sandbox/istio-validation/istio-admission.ts';
import { destinationRule, gateway } from '../../helpers/istio-admit.ts';

const denial = (text: string): string =>
  `admission webhook "rev.validation.istio.io" denied the request: configuration is invalid: ${text}`;
describe("layer B, istiod's webhook (400), of DestinationRules and Gateways", () => {
  const rows: [string, IstioAnswer, string][] = [
    [
      'an empty traffic policy',
      destinationRule({ host: 'a', trafficPolicy: {} }),
      'traffic policy must have at least one field',
    ],
    [
      'duplicate subsets',
      destinationRule({ host: 'a', subsets: [{ name: 'v1' }, { name: 'v1' }] }),
      'duplicate subset names: v1',
    ],
    ['a bad subset', destinationRule({ host: 'a', subsets: [{ name: 'v.1' }] }), 'subset name is invalid: v.1'],
    [
      'an empty connection pool',
      destinationRule({ host: 'a', trafficPolicy: { connectionPool: {} } }),
      'connection pool must have at least one field',
    ],
    [
      'negative connections',
      destinationRule({ host: 'a', trafficPolicy: { connectionPool: { tcp: { maxConnections: -1 } } } }),
      'max connections must be non-negative',
    ],
    [
      'an ejection over 100 %',
      destinationRule({ host: 'a', trafficPolicy: { outlierDetection: { maxEjectionPercent: 101 } } }),
      'percentage 101 is not in range 0..100',
    ],
    ['a Gateway without servers', gateway({}), 'gateway must have at least one server'],
    [
      'a server without hosts',
      gateway({ servers: [{ hosts: [], port: { number: 80, name: 'http', protocol: 'HTTP' } }] }),
      'server config must contain at least one host',
    ],
    [
      'two ports of one name',
      gateway({
        servers: [80, 81].map((number) => ({ hosts: ['*'], port: { number, name: 'http', protocol: 'HTTP' } })),
      }),
      'port names in servers must be unique: duplicate name http',
    ],
    [
      'HTTPS without TLS settings',
      gateway({ servers: [{ hosts: ['*'], port: { number: 443, name: 'https', protocol: 'HTTPS' } }] }),
      'server must have TLS settings for HTTPS/TLS protocols',
    ],
  ];

  it.each(rows)('refuses %s', (_what, answer, text) => {
    expect(answer).toEqual({ denied: { code: 400, reason: '', message: denial(text) }, warnings: [] });
  });
});
